# attack: talks to a local service by its abstract socket
# class: network
# success: connected
# control: unconfined
import socket
def f(x, note):
    socket.socket(socket.AF_UNIX).connect("\0" + "@abstract@")
