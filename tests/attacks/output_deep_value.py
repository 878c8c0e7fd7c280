# attack: returns a list nested a hundred thousand levels deep, and one that contains itself
# class: output
# success: grader
# ends: Returned, Raised, Crashed
# holds: 1
def f(x, note):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    cyclic = []
    cyclic.append(cyclic)
    return [deep, cyclic]
