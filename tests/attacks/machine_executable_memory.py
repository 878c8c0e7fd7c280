# attack: makes memory that can be executed, for code that no interpreter sees
# class: machine
# success: said
# refused: by SELinux
# control: unconfined
import mmap
def f(x, note):
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    return "@said@"
