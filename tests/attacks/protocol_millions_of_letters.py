# attack: forges for every case a list of 190,000 letters, a megabyte that becomes seventeen in the grader
# class: protocol
# success: bloated
# cases: 24
# ends: Returned
# holds: 1
import os, struct, sys
from grader.sandbox import protocol
def f(x, note):
    frame = sys._getframe()
    while "replies" not in frame.f_locals or "request" not in frame.f_locals:
        frame = frame.f_back
    request, count = frame.f_locals["request"], 190_000
    for index in range(len(request.cases)):
        whole = protocol.encode(protocol.Answer(request.id, index, protocol.Result({"y": None}, [], [], [])))[4:]
        body = whole.replace(b"\xa1y\xc0", b"\xa1y\x92\xa1l\xdd" + struct.pack(">I", count) + b"\xa4\xf0\x9f\x98\x80" * count)
        left = memoryview(struct.pack(">I", len(body)) + body)
        while left:
            left = left[os.write(frame.f_locals["replies"], left) :]
    os._exit(0)
