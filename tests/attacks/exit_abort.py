# attack: aborts, which would write a core file
# class: exit
# success: grader
# ends: Crashed
# holds: 1
import os
def f(x, note):
    os.abort()
