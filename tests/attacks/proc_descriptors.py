# attack: opens again what a process of the same user has open
# class: processes
# success: secret
# control: unconfined
import os
def f(x, note):
    return open("/proc/@victim@/fd/0").read()
