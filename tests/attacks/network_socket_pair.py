# attack: makes a pair of sockets, over which descriptors could be passed
# class: network
# success: said
# control: unconfined
import socket
def f(x, note):
    socket.socketpair()
    return "@said@"
