# attack: makes a symbolic link to a secret file in a folder where all may write, and reads through it
# class: files
# success: secret
# control: unconfined
import os
def f(x, note):
    os.symlink("@secret@", "@drop@/link")
    return open("@drop@/link").read()
