# attack: defines a hundred thousand names of a thousand letters
# class: output
# success: bloated
# ends: Returned
# holds: 1
def f(x, note):
    return x
for number in range(100_000):
    globals()[f"n{number}" + "x" * 100] = 1
exec("def g(" + ", ".join(f"a{n}{'y' * 500}" for n in range(200)) + "): pass")
