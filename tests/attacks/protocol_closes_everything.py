# attack: closes every descriptor and lives on
# class: protocol
# success: slow
# ends: BadReply
# holds: 1
import os
def f(x, note):
    os.closerange(0, 256)
    while True:
        pass
