# attack: has NumPy read a file, without any call of open in the source
# class: files
# success: secret
# control: unconfined
import numpy as np
def f(x, note):
    return bytes(np.fromfile("@secret@", dtype=np.uint8)).decode()
