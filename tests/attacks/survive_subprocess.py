# attack: starts a program in a session of its own
# class: survive
# success: survivor
# control: unconfined
import subprocess
def f(x, note):
    subprocess.Popen(["sleep", "20"], start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
    return x
