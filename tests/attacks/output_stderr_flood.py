# attack: writes warnings without end
# class: output
# success: bloated
# ends: TimedOut
# holds: 1
import sys
def f(x, note):
    while True:
        sys.stderr.write("x" * 100_000)
