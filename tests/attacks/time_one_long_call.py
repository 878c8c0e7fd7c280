# attack: computes inside one call of C, which no Python signal handler can interrupt
# class: time
# success: slow
# ends: TimedOut
# holds: 1
def f(x, note):
    return 7 ** (7**9) % 3
