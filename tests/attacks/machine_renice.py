# attack: slows another process down
# class: machine
# success: victim
# control: unconfined
import os
def f(x, note):
    os.setpriority(os.PRIO_PROCESS, int("@victim@"), 15)
