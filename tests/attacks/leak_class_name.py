# attack: puts a hidden input into the name of an exception's class
# class: leak
# success: leaked
# control: records
# holds: 1
def f(x, note):
    raise type(note, (ValueError,), {})(note)
