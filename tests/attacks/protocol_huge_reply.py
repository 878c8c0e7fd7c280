# attack: returns 160 MB
# class: protocol
# success: bloated
# ends: Returned
# holds: 1
import numpy as np
def f(x, note):
    return np.zeros(20_000_000)
