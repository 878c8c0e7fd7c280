# attack: announces 4 GB and sends nothing of it
# class: protocol
# success: bloated
# ends: BadReply
# holds: 1
import os
def f(x, note):
    for number in range(3, 256):
        try:
            os.write(number, b"\xff\xff\xff\xff")
        except OSError:
            pass
    while True:
        pass
