# attack: waits for a lock that nobody will open
# class: time
# success: slow
# ends: TimedOut
# holds: 1
import threading
def f(x, note):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
