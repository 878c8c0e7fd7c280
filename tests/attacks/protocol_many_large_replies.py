# attack: answers each case with as much as one answer may hold
# class: protocol
# success: bloated
# cases: 12
# ends: Returned
# holds: 1
import numpy as np
def f(x, note):
    return np.zeros(2_000_000)
