# attack: asks to signal every process it may (with signal 0, which is the permission without the harm)
# class: processes
# success: said
# control: unconfined
import os
def f(x, note):
    os.kill(-1, 0)
    return "@said@"
