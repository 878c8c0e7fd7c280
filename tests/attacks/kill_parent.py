# attack: kills its parent, from which every later submission is to be forked
# class: processes
# success: grader
# control: zygote
import os, signal, time
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(1)  # until that has come about
def f(x, note):
    return x
