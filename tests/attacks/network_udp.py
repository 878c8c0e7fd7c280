# attack: sends a hidden input in a datagram
# class: network
# success: connected
# control: unconfined
import socket
def f(x, note):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(note.encode(), ("127.0.0.1", int("@udp@")))
