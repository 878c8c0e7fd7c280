# attack: returns lists that hold the same lists over and over: 100 to the power of 10 items
# class: output
# success: slow
# ends: Returned, TimedOut, OutOfMemory
# holds: 1
def f(x, note):
    wide = [1]
    for _ in range(10):
        wide = [wide] * 100
    return wide
