# attack: signals another process by a POSIX timer
# class: processes
# success: said
# control: unconfined
import ctypes
def f(x, note):
    timer = ctypes.c_void_p()
    libc = ctypes.CDLL(None, use_errno=True)
    return "@said@" if libc.syscall({"x86_64": 222, "aarch64": 107}[__import__("os").uname().machine], 1, None, ctypes.byref(timer)) == 0 else "no"
