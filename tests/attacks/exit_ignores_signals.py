# attack: ignores every signal that can be ignored, and loops
# class: exit
# success: slow
# ends: TimedOut
# holds: 1
import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
def f(x, note):
    while True:
        pass
