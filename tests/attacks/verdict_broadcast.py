# attack: returns arrays of 32 dimensions and of other dtypes, for comparisons that broadcast or wrap around
# class: verdict
# success: score
# ends: Returned
# holds: 1
import numpy as np
values = [np.zeros((1,) * 32), np.zeros((0,) * 32), np.zeros(3, np.uint8), np.zeros(3, complex) * 1j, np.zeros(3, bool), np.zeros(3, ">f8"), 3 + 0j, [[1], [2, 3]], ((),), {}]
def f(x, note):
    return values[int(abs(x[0]) * 1000) % len(values)]
