# attack: never ends while it is imported
# class: time
# success: slow
# ends: TimedOut
# holds: 1
while True:
    pass
