# attack: hands in source that is nested deeper than the parser's stack
# class: source
# success: grader
# ends: Raised, OutOfMemory, Crashed
# holds: 1
value = @nested@
def f(x, note):
    return x
