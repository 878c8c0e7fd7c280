# attack: finds the worker's object that holds the submission and changes it
# class: worker
# success: score
# ends: Returned
# holds: 1
import gc
import numpy as np
def f(x, note):
    for thing in gc.get_objects():
        if type(thing).__name__ == "Student":
            thing.module.y = np.zeros(3)
            thing.run = lambda *_: sys.modules["grader.sandbox.protocol"].Result({"y": 1}, [], [], [])
    return x
import sys
