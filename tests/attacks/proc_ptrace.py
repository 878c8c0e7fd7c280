# attack: takes hold of a process of the same user as a debugger
# class: processes
# success: said
# refused: in containers, and by Yama
# control: unconfined
import ctypes
def f(x, note):
    ATTACH, DETACH, WAIT_ALL = 16, 17, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(ATTACH, int("@victim@"), None, None) != 0:
        return ctypes.get_errno()
    libc.waitpid(int("@victim@"), None, WAIT_ALL)
    libc.ptrace(DETACH, int("@victim@"), None, None)
    return "@said@"
