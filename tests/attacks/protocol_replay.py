# attack: replays the answer to an earlier request
# class: protocol
# success: score
# ends: BadReply
# holds: 1
import os, sys
from grader.sandbox import protocol
seen = []
def f(x, note):
    frame = sys._getframe()
    while "replies" not in frame.f_locals or "request" not in frame.f_locals:
        frame = frame.f_back
    request = frame.f_locals["request"]
    seen.append(protocol.encode(protocol.Answer(request.id, 0, protocol.Result({"y": 1}, [], [], []))))
    os.write(frame.f_locals["replies"], seen[0] * 2)
    return x
