# attack: waits for input that will not come
# class: output
# success: slow
# ends: Raised, Returned
# holds: 1
import sys
def f(x, note):
    return sys.stdin.read() + input()
