# attack: writes answers before anything was asked, with an id of its own
# class: protocol
# success: score
# ends: BadReply
# holds: 1
import os
from grader.sandbox import protocol
from grader.records.values import pack
import numpy as np
frames = b"".join(
    protocol.encode(protocol.Answer(b"0" * 16, n, protocol.Result({"y": pack(np.zeros(3))}, [], [], []))) for n in range(4)
)
for number in range(3, 256):
    try:
        os.write(number, frames)
    except OSError:
        pass
def f(x, note):
    return x
