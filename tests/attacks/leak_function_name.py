# attack: puts a hidden input into a traceback: a function's name and a line of source
# class: leak
# success: leaked
# control: records
# holds: 1
def f(x, note):
    def inner():
        raise ValueError
    inner.__code__ = inner.__code__.replace(co_name=note, co_filename="memory.py", co_firstlineno=len(note))
    inner()
