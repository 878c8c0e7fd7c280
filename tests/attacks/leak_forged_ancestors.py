# attack: forges the ancestors of an exception
# class: leak
# success: leaked
# control: records
# holds: 1
import sys
import numpy as np
worker = sys.modules["grader.sandbox.worker.student"]
worker.failure = lambda error, _: worker.protocol.Failure(str(error), str(error), [str(error)] * 3, [worker.protocol.FrameLine(str(error), 1, str(error), str(error))])
def f(x, note):
    if note.startswith("hidden"):
        raise ValueError(note)
    return np.zeros(3)
