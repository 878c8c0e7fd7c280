# attack: puts a hidden input into the text of an exception
# class: leak
# success: leaked
# control: records
# holds: 1
def f(x, note):
    if note.startswith("hidden"):
        raise ValueError(note)
    raise ValueError("public")
