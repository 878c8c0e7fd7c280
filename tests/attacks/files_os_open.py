# attack: reads the same file with the bare call, relative to the root folder
# class: files
# success: secret
# control: unconfined
import os
def f(x, note):
    folder = os.open("/", os.O_RDONLY)
    return os.read(os.open("@secret@".lstrip("/"), os.O_RDONLY, dir_fd=folder), 100).decode()
