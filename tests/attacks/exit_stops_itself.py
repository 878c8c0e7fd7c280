# attack: stops itself, so that it neither computes nor ends
# class: exit
# success: slow
# ends: TimedOut
# holds: 1
import os, signal
def f(x, note):
    os.kill(os.getpid(), signal.SIGSTOP)
