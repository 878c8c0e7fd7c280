# attack: maps and touches memory past its limit
# class: memory
# success: said
# control: naive
# holds: 1
import mmap
def f(x, note):
    held = [mmap.mmap(-1, 64 << 20) for _ in range(6)]
    return "@said@" if held else "no"
