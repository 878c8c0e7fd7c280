# attack: puts bytes of a hidden input into the exit code
# class: leak
# success: leaked
# ends: Crashed, Returned
# holds: 1
import os
import numpy as np
def f(x, note):
    if note.startswith("hidden"):
        os._exit(ord(note[7]))
    return np.zeros(3)
