# attack: crashes the interpreter
# class: exit
# success: grader
# ends: Crashed
# holds: 1
import ctypes
def f(x, note):
    ctypes.string_at(0)
