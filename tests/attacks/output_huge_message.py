# attack: raises an exception whose text has 50 MB
# class: output
# success: bloated
# ends: Raised
# holds: 1
def f(x, note):
    raise ValueError("x" * 50_000_000)
