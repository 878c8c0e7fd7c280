# attack: replaces all of Python's modules by an object that agrees to everything
# class: worker
# success: score
# ends: Returned, Crashed
# holds: 1
import sys
class Yes:
    def __getattr__(self, name): return self
    def __call__(self, *_, **__): return self
    def __bool__(self): return True
def f(x, note):
    for name in list(sys.modules):
        sys.modules[name] = Yes()
    return x
