# attack: makes a hard link to a secret file in a folder where all may write
# class: files
# success: dropped
# control: unconfined
import os
def f(x, note):
    os.link("@secret@", "@drop@/link")
