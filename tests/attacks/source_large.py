# attack: hands in 2 MB of source
# class: source
# success: slow
# ends: Returned, TimedOut, OutOfMemory
# holds: 1
def f(x, note):
    return x
@large@
