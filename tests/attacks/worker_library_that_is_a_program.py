# attack: names modules of the standard library that are programs, which would run before the worker is confined
# class: worker
# success: grader
# ends: Raised, Returned
# holds: 1
def never():
    import unittest.__main__
    import venv.__main__
    import lib2to3.__main__
def f(x, note):
    return x
