# attack: raises an exception whose class lies about its name and its ancestors
# class: output
# success: grader
# ends: Raised, Crashed
# holds: 1
class Meta(type):
    __name__ = property(lambda self: 1 / 0)
    def mro(self):
        return [self, Exception, BaseException, object]
    def __getattribute__(self, name):
        raise MemoryError
class Liar(Exception, metaclass=Meta):
    pass
def f(x, note):
    raise Liar
