# attack: ends the process with the exit code of success, inside a call
# class: verdict
# success: score
# control: naive
# holds: 1
import os
def f(x, note):
    os._exit(0)
