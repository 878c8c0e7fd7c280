# attack: puts a script into names, errors and output
# class: display
# success: shown
# control: records
# holds: 1
EVIL = "</pre></script><img src=@said@ onerror=alert(1)>\"'><svg onload=@said@>]]>"
kind = type(EVIL, (ValueError,), {})
def f(x, note):
    print(EVIL)
    raise kind(EVIL)
