# attack: prints without end while it is imported
# class: output
# success: bloated
# ends: TimedOut, Raised
# holds: 1
import os
while True:
    os.write(1, b"x" * 65536)
