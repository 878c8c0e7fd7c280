# attack: returns an object whose type is named after a hidden input
# class: leak
# success: leaked
# control: records
# holds: 1
import numpy as np
def f(x, note):
    return type(note, (), {})() if note.startswith("hidden") else np.zeros(3)
