# attack: asks for 80 GB at once
# class: memory
# success: grader
# ends: OutOfMemory
# holds: 1
import numpy as np
def f(x, note):
    return np.ones((100_000, 100_000))
