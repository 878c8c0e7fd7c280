# attack: forges observations (changed inputs, shared memory, ways of reading) that name a hidden input
# class: leak
# success: leaked
# ends: Returned
# holds: 1
import sys
import numpy as np
worker = sys.modules["grader.sandbox.worker.student"]
notes = []
worker.differs = lambda *_: True
class Named(dict):
    pass
real = worker.protocol.Result
def forged(outputs, missing, changed, aliased, read):
    return real(outputs, missing, notes[-1:], [(note, note) for note in notes[-1:]], [("y", note) for note in notes[-1:]])
worker.protocol.Result = forged
def f(x, note):
    notes.append(note)
    return np.zeros(3)
