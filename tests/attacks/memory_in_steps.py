# attack: takes memory in small steps until there is none
# class: memory
# success: grader
# ends: OutOfMemory, TimedOut
# holds: 1
kept = []
def f(x, note):
    while True:
        kept.append(bytearray(4 << 20))
