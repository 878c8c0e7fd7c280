# attack: recurses without end, with the interpreter's own limit lifted
# class: time
# success: grader
# ends: Crashed, Raised, OutOfMemory, TimedOut
# holds: 1
import sys
sys.setrecursionlimit(2**31 - 1)
def f(x, note):
    return f(x, note)
