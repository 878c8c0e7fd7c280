# attack: becomes another user
# class: machine
# success: said
# control: unconfined
# rights: root
# holds: 2
import os
def f(x, note):
    os.setresuid(12345, 12345, 12345)
    return "@said@"
