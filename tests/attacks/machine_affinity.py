# attack: ties another process to one processor
# class: machine
# success: said
# control: unconfined
import os
def f(x, note):
    os.sched_setaffinity(int("@victim@"), os.sched_getaffinity(0))
    return "@said@"
