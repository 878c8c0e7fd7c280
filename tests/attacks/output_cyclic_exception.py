# attack: raises an exception that is its own cause, context and argument
# class: output
# success: grader
# ends: Raised
# holds: 1
def f(x, note):
    error = ValueError()
    error.args = (error,)
    error.__cause__ = error.__context__ = error
    raise error
