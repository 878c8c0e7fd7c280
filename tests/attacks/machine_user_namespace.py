# attack: makes a user namespace, in which it would be root
# class: machine
# success: said
# refused: where user namespaces are turned off
# control: unconfined
import ctypes
def f(x, note):
    return "@said@" if ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0 else "no"
