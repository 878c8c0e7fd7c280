# attack: forks children that stay in its group
# class: survive
# success: said
# control: unconfined
import os, time
def f(x, note):
    for _ in range(5):
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
    return "@said@"
