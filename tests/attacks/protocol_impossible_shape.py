# attack: forges an array of no bytes whose shape no array can have
# class: protocol
# success: grader
# ends: BadReply
# holds: 1
import os, sys
from grader.sandbox import protocol
from grader.records.values import WireArray
def f(x, note):
    frame = sys._getframe()
    while "replies" not in frame.f_locals or "request" not in frame.f_locals:
        frame = frame.f_back
    made = WireArray("<f8", [0, 2**62, 2**62], memoryview(b""))
    os.write(frame.f_locals["replies"], protocol.encode(protocol.Answer(frame.f_locals["request"].id, 0, protocol.Result({"y": made}, [], [], []))))
