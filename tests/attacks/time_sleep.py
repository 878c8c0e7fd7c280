# attack: waits, which takes no computing time
# class: time
# success: slow
# ends: TimedOut
# holds: 1
import time
def f(x, note):
    time.sleep(1000)
