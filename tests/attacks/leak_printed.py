# attack: prints hidden inputs, at once and again when later public code runs
# class: leak
# success: leaked
# control: records
# holds: 1
import sys
seen = []
def f(x, note):
    seen.append(note)
    print(*seen)
    print(*seen, file=sys.stderr)
    return x
def g(x, note):
    print(*seen)
    return x
