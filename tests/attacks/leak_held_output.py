# attack: keeps what it prints in a buffer, to let it go with a later public case
# class: leak
# success: leaked
# control: records
# holds: 1
import io, os, sys
held = []
class Held(io.StringIO):
    def flush(self):
        pass
sys.stdout = Held()
def f(x, note):
    held.append(note)
    if len(held) > 2:
        os.write(1, " ".join(held).encode())
    return x
def g(x, note):
    os.write(1, " ".join(held).encode())
    return x
