# attack: leaves shared memory behind, which outlives it
# class: memory
# success: said
# control: unconfined
import ctypes, os
def f(x, note):
    number, remove = {"x86_64": (29, 31), "aarch64": (194, 195)}[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.syscall(number, 0, 4096, 0o1600)
    if made < 0:
        return "no"
    libc.syscall(remove, made, 0, None)
    return "@said@"
