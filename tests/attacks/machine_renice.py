# attack: slows another process down
# class: machine
# success: victim
# control: unconfined
import os
def f(x, note):
    victim = int("@victim@")
    now = os.getpriority(os.PRIO_PROCESS, victim)  # the tests may run at a low one themselves
    os.setpriority(os.PRIO_PROCESS, victim, now + 1 if now < 19 else 18)
