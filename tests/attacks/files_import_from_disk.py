# attack: has Python's own import machinery read a file
# class: files
# success: secret
# control: unconfined
import importlib.machinery
def f(x, note):
    return importlib.machinery.SourceFileLoader("stolen", "@secret@").get_data("@secret@").decode()
