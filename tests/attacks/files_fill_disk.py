# attack: writes files until the disk is full (here: 40 MB)
# class: space
# success: dropped
# control: unconfined
from _io import open  # not the one that is there for comfort
for number in range(5):
    with open(f"@drop@/{number}", "wb") as file:
        file.write(bytes(8 << 20))
def f(x, note):
    return x
