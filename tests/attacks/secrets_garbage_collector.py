# attack: goes through every object that the garbage collector knows for expected values
# class: secrets
# success: secret
# control: naive
# holds: 1
import gc
def f(x, note):
    found = []
    for thing in gc.get_objects():
        if type(thing) in (dict, list, tuple) and thing is not found:
            values = list(thing.values()) if type(thing) is dict else thing
            found.extend(value for value in values if type(value) is str and value.startswith("vault-"))
    return found[:20]
