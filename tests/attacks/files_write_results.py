# attack: overwrites a file of results
# class: files
# success: canary
# control: unconfined
def f(x, note):
    with open("@canary@", "w") as results:
        results.write('{"score": 100}')
