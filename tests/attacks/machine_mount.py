# attack: mounts a file system of its own, in a mount namespace where it may
# class: machine
# success: said
# refused: where user namespaces are turned off
# control: unconfined
import ctypes
def f(x, note):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000 | 0x00020000) != 0:
        libc.unshare(0x00020000)
    return "@said@" if libc.mount(b"none", b"@drop@", b"tmpfs", 0, None) == 0 else ctypes.get_errno()
