# attack: returns a list that grows while it is read
# class: output
# success: slow
# ends: Returned, TimedOut, OutOfMemory
# holds: 1
class Growing(list):
    def __iter__(self):
        while True:
            yield 1
    def __len__(self):
        return 3
def f(x, note):
    return Growing([1, 2, 3])
