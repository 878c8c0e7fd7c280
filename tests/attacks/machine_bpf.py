# attack: asks the kernel to take a program (an empty map will do)
# class: machine
# success: said
# refused: in containers
# control: unconfined
# rights: root
import ctypes, os, struct
def f(x, note):
    number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
    made = ctypes.CDLL(None, use_errno=True).syscall(number, 0, struct.pack("=IIIII", 2, 4, 4, 1, 0) + bytes(100), 72)
    return "@said@" if made >= 0 else "no"
