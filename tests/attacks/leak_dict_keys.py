# attack: returns a dict with hidden inputs as keys
# class: leak
# success: leaked
# control: records
# holds: 1
def f(x, note):
    return {note: note, x.tobytes().hex(): 1}
