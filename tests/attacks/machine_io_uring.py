# attack: sets up io_uring, whose calls no filter sees
# class: machine
# success: said
# refused: where io_uring is turned off
# control: unconfined
import ctypes
def f(x, note):
    ring = ctypes.CDLL(None, use_errno=True).syscall(425, 1, ctypes.create_string_buffer(120))
    return "@said@" if ring >= 0 else "no"
