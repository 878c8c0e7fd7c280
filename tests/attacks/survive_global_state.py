# attack: leaves what it has seen in modules that the next submission would share
# class: survive
# success: said
# ends: Returned
# holds: 1
import builtins, sys
import numpy as np
seen = getattr(np, "left_behind", None) or getattr(builtins, "left_behind", None)
np.left_behind = builtins.left_behind = sys.left_behind = "@said@"[::1]
def f(x, note):
    return seen or "no"
