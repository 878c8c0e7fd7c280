# attack: forks as long as it may (here: 20 times)
# class: survive
# success: said
# control: unconfined
import os, time
def f(x, note):
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
    return "@said@"
