# attack: raises an exception whose text is never ready
# class: output
# success: slow
# ends: TimedOut
# holds: 1
class Endless(Exception):
    def __str__(self):
        while True:
            pass
def f(x, note):
    raise Endless
