# attack: looks for secrets in its command line
# class: secrets
# success: secret
# control: naive
# holds: 1
import sys
def f(x, note):
    try:
        whole = open("/proc/self/cmdline").read()
    except OSError:
        whole = ""
    return [*sys.argv, *sys.orig_argv, whole]
