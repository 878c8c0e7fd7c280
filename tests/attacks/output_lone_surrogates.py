# attack: returns and raises text that UTF-8 cannot hold
# class: output
# success: grader
# ends: Crashed, Raised, Returned
# holds: 1
def f(x, note):
    if x[0] > 0:
        return "\ud800" * 10
    raise ValueError("\udfff\ud800")
