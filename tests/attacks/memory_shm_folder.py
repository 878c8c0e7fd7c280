# attack: leaves a file in the machine's shared memory
# class: memory
# success: dropped
# control: unconfined
from _io import open  # not the one that is there for comfort
def f(x, note):
    with open("/dev/shm/@said@", "wb") as file:
        file.write(bytes(1 << 20))
