# attack: reads the environment of a process of the same user
# class: processes
# success: secret
# control: unconfined
def f(x, note):
    return open("/proc/@victim@/environ").read()
