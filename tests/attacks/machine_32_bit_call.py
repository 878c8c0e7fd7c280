# attack: makes a call by the 32-bit interface, where the same number means another call
# class: machine
# success: said
# refused: by kernels without the 32-bit interface
# control: unconfined
# machine: x86_64
import ctypes, mmap
def f(x, note):
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("53b814000000cd805bc3"))  # getpid by int 0x80
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    return "@said@" if run() else "no"
