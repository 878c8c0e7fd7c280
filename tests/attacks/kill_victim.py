# attack: kills a process of the same user, as it would the grader
# class: processes
# success: victim
# control: unconfined
import os, signal
def f(x, note):
    os.kill(int("@victim@"), signal.SIGKILL)
