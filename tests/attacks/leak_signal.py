# attack: puts a character of a hidden input into the signal that ends it
# class: leak
# success: leaked
# ends: Crashed, Returned
# holds: 1
import os
import numpy as np
def f(x, note):
    if note.startswith("hidden"):
        os.kill(os.getpid(), 34 + ord(note[7]) % 30)
    return np.zeros(3)
