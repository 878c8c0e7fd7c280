# attack: sends a hidden input to a server
# class: network
# success: connected
# control: unconfined
import socket
def f(x, note):
    socket.create_connection(("127.0.0.1", int("@tcp@")), 0.2).sendall(note.encode())
