# attack: deletes a file of results
# class: files
# success: canary
# control: unconfined
import os
def f(x, note):
    os.unlink("@canary@")
