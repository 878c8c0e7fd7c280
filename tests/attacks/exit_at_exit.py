# attack: registers what is to run when the interpreter ends, and ends it
# class: exit
# success: score
# ends: Raised
# holds: 1
import atexit, os, sys
atexit.register(os._exit, 0)
class Late:
    def __del__(self): os._exit(0)
late = Late()
def f(x, note):
    sys.exit(0)
