# attack: returns hidden inputs as the outputs of later public calls
# class: leak
# success: leaked
# control: records
# holds: 1
seen = []
def f(x, note):
    seen.append(note)
    return " ".join(seen)
def g(x, note):
    raise ValueError(" ".join(seen))
