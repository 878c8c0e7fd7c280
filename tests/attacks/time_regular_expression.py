# attack: has a regular expression search for years
# class: time
# success: slow
# ends: TimedOut
# holds: 1
import re
def f(x, note):
    return re.match("(a+)+$", "a" * 60 + "b")
