# attack: kills its parent, from which every later submission is to be forked
# class: processes
# success: grader
# control: zygote
import os, signal
os.kill(os.getppid(), signal.SIGKILL)
def f(x, note):
    return x
