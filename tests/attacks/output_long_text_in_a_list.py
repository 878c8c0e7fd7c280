# attack: returns one long text beside many empty ones, which as an array would take 0.8 GB
# class: output
# success: bloated
# ends: Returned
# holds: 1
def f(x, note):
    return ["a" * 2_000] + [""] * 99_000
