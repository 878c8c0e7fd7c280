# attack: makes a process by clone3, vfork and clone in turn
# class: survive
# success: said
# control: unconfined
import ctypes, os
def f(x, note):
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = ctypes.create_string_buffer(bytes(32) + (17).to_bytes(8, "little") + bytes(24))
    child = libc.syscall(435, arguments, 64)
    if child == 0:
        os._exit(0)
    if child < 0:
        child = libc.syscall({"x86_64": 56, "aarch64": 220}[os.uname().machine], 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
    return "@said@" if child > 0 else "no"
