# attack: takes as long as a hidden input says, for the times in a report
# class: leak
# success: told
# ends: Returned
# holds: 1
import time
import numpy as np
def f(x, note):
    if note.startswith("hidden"):
        time.sleep(0.02 + ord(note[7]) / 2000)
    return np.zeros(3)
