# attack: writes random bytes to every descriptor
# class: protocol
# success: grader
# ends: BadReply, TimedOut
# holds: 1
import os
def f(x, note):
    for number in range(256):
        try:
            os.write(number, os.urandom(4096))
        except OSError:
            pass
    return x
