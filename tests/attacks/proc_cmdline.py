# attack: reads the command line of a process of the same user
# class: processes
# success: secret
# control: unconfined
def f(x, note):
    return open("/proc/@victim@/cmdline").read()
