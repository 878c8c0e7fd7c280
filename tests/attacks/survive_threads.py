# attack: starts threads as long as it may (here: 5)
# class: survive
# success: said
# control: unconfined
import threading, time
def f(x, note):
    for _ in range(5):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    return "@said@"
