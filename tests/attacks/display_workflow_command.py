# attack: prints and raises lines that a runner would take for commands
# class: display
# success: shown
# control: records
# holds: 1
EVIL = "\n::add-mask::@said@\n::stop-commands::@said@\n::error file=x::@said@\n##[group]@said@\r\n::set-output name=score::10"
def f(x, note):
    print(EVIL)
    raise ValueError(EVIL)
