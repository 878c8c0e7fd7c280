# attack: catches whatever could end it, over and over
# class: exit
# success: slow
# ends: TimedOut
# holds: 1
def f(x, note):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
