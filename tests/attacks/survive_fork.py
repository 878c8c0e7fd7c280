# attack: forks a child that lives on
# class: survive
# success: survivor
# control: unconfined
import os, time
def f(x, note):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            time.sleep(20)
        os._exit(0)
    os.wait()
    return x
