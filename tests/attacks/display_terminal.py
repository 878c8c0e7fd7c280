# attack: puts terminal sequences into names, errors and output: a title, a hyperlink, an answer-back, overwritten lines
# class: display
# success: shown
# control: records
# holds: 1
EVIL = "\x1b]0;@said@\x07\x1b]8;;http://127.0.0.1/\x1b\\\x1b[2J\x1b[1A\x9b31m\r@said@\b\b\u202e"
kind = type("Error" + EVIL, (ValueError,), {"__module__": EVIL})
def f(x, note):
    print(EVIL)
    raise kind(EVIL)
