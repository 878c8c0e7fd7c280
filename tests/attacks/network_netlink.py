# attack: asks the kernel for the machine's addresses
# class: network
# success: said
# control: unconfined
import socket
def f(x, note):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    return "@said@"
