# attack: keeps memory in a memory file, which the limit on its address space does not count
# class: memory
# success: said
# control: unconfined
import os
def f(x, note):
    file = os.memfd_create("hidden")
    for _ in range(4):
        os.write(file, bytes(4 << 20))
    return "@said@"
