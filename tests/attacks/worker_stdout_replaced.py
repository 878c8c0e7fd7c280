# attack: replaces standard output by an object that never returns from flush
# class: worker
# success: slow
# ends: TimedOut
# holds: 1
import sys
class Stuck:
    def write(self, text): return len(text)
    def flush(self):
        while True:
            pass
def f(x, note):
    sys.stdout = Stuck()
    return x
