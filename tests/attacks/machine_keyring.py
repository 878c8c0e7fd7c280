# attack: leaves a key in the kernel's keyring, where the next run would find it
# class: machine
# success: said
# refused: in containers
# control: unconfined
import ctypes, os
def f(x, note):
    number = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
    made = ctypes.CDLL(None, use_errno=True).syscall(number, b"user", b"@said@", b"1", 1, -1)
    return "@said@" if made > 0 else "no"
