# attack: forges a dict whose keys all have the same hash, which would keep the grader busy for minutes
# class: protocol
# success: slow
# ends: BadReply
# holds: 1
import os, sys
from grader.sandbox import protocol
from grader.records.values import WireDict, WireTuple
P1, P2, P5, FULL = 11400714785074694791, 14029467366897019727, 2870177450012600261, 2**64 - 1
BACK, PRIME = pow(P2, -1, 2**64), 2**61 - 1
def turned(value):
    return (value << 31 | value >> 33) & FULL
def pairs(count):  # CPython's hash of a tuple of two, solved for its second item
    first = 0
    while count:
        first += 1
        before = turned((P5 + first * P2) & FULL) * P1 & FULL
        second = (12345 - before) * BACK & FULL
        if second >> 63:
            second -= 2**64
        if -PRIME < second < PRIME and second not in (-1, -2):
            yield first, second
            count -= 1
def f(x, note):
    frame = sys._getframe()
    while "replies" not in frame.f_locals or "request" not in frame.f_locals:
        frame = frame.f_back
    made = WireDict([(WireTuple([first, second]), 0) for first, second in PAIRS])
    answer = protocol.Answer(frame.f_locals["request"].id, 0, protocol.Result({"y": made}, [], [], []))
    left = memoryview(protocol.encode(answer))
    while left:
        left = left[os.write(frame.f_locals["replies"], left) :]
PAIRS = list(pairs(40_000))
assert len({hash(pair) for pair in PAIRS}) == 1
