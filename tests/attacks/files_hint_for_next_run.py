# attack: leaves a file for the next run where everyone may write
# class: files
# success: dropped
# control: unconfined
# holds: 3
from _io import open  # not the one that is there for comfort
def f(x, note):
    with open("@drop@/hint", "w") as hint:
        hint.write(note)
