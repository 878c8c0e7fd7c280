# attack: locks memory, so that others cannot have it
# class: memory
# success: said
# control: unconfined
# rights: root
import ctypes
held = ctypes.create_string_buffer(16 << 20)
def f(x, note):
    return "@said@" if ctypes.CDLL(None, use_errno=True).mlock(held, len(held)) == 0 else "no"
