# attack: puts markup into the value it returns, its keys and its type's name
# class: display
# success: shown
# control: records
# holds: 1
EVIL = "<img src=@said@ onerror=alert(1)>\x1b[31m"
def f(x, note):
    return {EVIL: EVIL, "type": type(EVIL, (), {})()}
