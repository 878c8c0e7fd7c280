# attack: reads ahead what it will be asked, and answers nothing
# class: protocol
# success: slow
# ends: TimedOut
# holds: 1
import os
for number in range(3, 256):
    try:
        os.read(number, 1 << 20)
    except OSError:
        pass
def f(x, note):
    return x
