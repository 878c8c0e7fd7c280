# attack: asks for the size and times of a file that it may not read
# class: files
# success: said
# control: unconfined
import os
def f(x, note):
    return "@said@" if os.stat("@secret@").st_size else "no"
