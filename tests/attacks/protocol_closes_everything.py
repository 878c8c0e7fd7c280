# attack: closes every descriptor and lives on
# class: protocol
# success: slow
# ends: BadReply
# holds: 1
import os
def f(x, note):
    for descriptor in range(256):  # os.closerange is closefrom since Python 3.13, which aborts where it is refused
        try:
            os.close(descriptor)
        except OSError:
            pass
    while True:
        pass
