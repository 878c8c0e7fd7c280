# attack: stops a process of the same user without killing it
# class: processes
# success: victim
# control: unconfined
import os, signal
def f(x, note):
    os.kill(int("@victim@"), signal.SIGSTOP)
