# attack: takes the descriptors from another process by its limits
# class: machine
# success: victim
# control: unconfined
import resource
def f(x, note):
    resource.prlimit(int("@victim@"), resource.RLIMIT_NOFILE, (3, 3))
