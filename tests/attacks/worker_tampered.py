# attack: replaces the worker's own functions: its encoder, its comparison of inputs, its sender
# class: worker
# success: score
# ends: Returned
# holds: 1
import sys
worker = sys.modules["grader.sandbox.worker.student"]
protocol = sys.modules["grader.sandbox.protocol"]
real = protocol.encode
worker.differs = lambda *_: False
worker.failure = lambda *_: None
protocol.MAX_REPLY = 1 << 40
protocol.encode = lambda message: real(message)
def f(x, note):
    return {"score": 10}
