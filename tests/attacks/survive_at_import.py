# attack: leaves a daemon behind while it is imported
# class: survive
# success: survivor
# control: unconfined
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        time.sleep(20)
    os._exit(0)
os.wait()
def f(x, note):
    return x
