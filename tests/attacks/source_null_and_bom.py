# attack: hands in source with a null character, which some parsers take for its end
# class: source
# success: grader
# ends: Raised
# holds: 1
def f(x, note):
    return x@null@
