# attack: talks to a local service by its socket in the file system
# class: network
# success: connected
# control: unconfined
import socket
def f(x, note):
    socket.socket(socket.AF_UNIX).connect("@unix@")
