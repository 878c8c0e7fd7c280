# attack: prints without end
# class: output
# success: bloated
# ends: TimedOut
# holds: 1
def f(x, note):
    while True:
        print("x" * 100_000)
