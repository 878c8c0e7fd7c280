# attack: overwrites a file of results
# class: files
# success: canary
# control: unconfined
from _io import open  # not the one that is there for comfort
def f(x, note):
    with open("@canary@", "w") as results:
        results.write('{"score": 100}')
