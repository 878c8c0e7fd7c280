# attack: turns off the signal that ends it together with its parent
# class: processes
# success: said
# control: unconfined
import ctypes
def f(x, note):
    return "@said@" if ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0) == 0 else "no"
