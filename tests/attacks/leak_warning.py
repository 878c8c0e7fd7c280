# attack: warns with a hidden input
# class: leak
# success: leaked
# control: records
# holds: 1
import warnings
def f(x, note):
    warnings.simplefilter("always")
    warnings.warn_explicit(note, UserWarning, note, 1)
    return x
