# attack: reads the memory of its own parent
# class: processes
# success: said
# refused: in containers, and by Yama
# control: unconfined
import os
def f(x, note):
    with open(f"/proc/{os.getppid()}/maps") as maps, open(f"/proc/{os.getppid()}/mem", "rb", 0) as memory:
        memory.seek(int(next(maps).split("-")[0], 16))
        return "@said@" if memory.read(4) else "no"
