# attack: becomes another program, in which nothing of Python is left
# class: survive
# success: said
# control: unconfined
import os
def f(x, note):
    os.execv("/bin/sh", ["sh", "-c", "echo @said@"])
