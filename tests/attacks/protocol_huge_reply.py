# attack: returns 20 MB, which is more than an answer may hold
# class: protocol
# success: bloated
# ends: Returned
# holds: 1
import numpy as np
def f(x, note):
    return np.zeros(2_500_000)
