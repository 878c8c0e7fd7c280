# attack: changes the times of a file, to make a stale bank look fresh
# class: files
# success: canary
# control: unconfined
import os
def f(x, note):
    os.utime("@canary@", (1, 1))
