# attack: answers each case with half of what one answer may hold
# class: protocol
# success: bloated
# cases: 24
# ends: Returned
# holds: 1
import numpy as np
LARGE = np.zeros(1_000_000)
def f(x, note):
    return LARGE
