# attack: returns NaN, infinity and empty arrays, for comparisons that such values slip through
# class: verdict
# success: score
# ends: Returned
# holds: 1
import numpy as np
values = [np.full(3, np.nan), np.full(3, np.inf), np.zeros((0, 3)), np.zeros(0), np.full(3, 1e308), np.float16(np.inf)]
def f(x, note):
    return values[int(abs(x[0]) * 1000) % len(values)]
