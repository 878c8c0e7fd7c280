# attack: never ends
# class: time
# success: slow
# ends: TimedOut
# holds: 1
def f(x, note):
    while True:
        pass
