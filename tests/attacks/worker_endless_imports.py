# attack: names so many modules that looking for them takes longer than its time
# class: worker
# success: slow
# ends: Raised, Returned
# holds: 1
def never():
    from json import @names@
def f(x, note):
    return x
