# attack: raises its own limits, softly, and then asks to stay
# class: machine
# success: said
# control: unconfined
import resource
def f(x, note):
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft - 1, hard))
    return "@said@"
