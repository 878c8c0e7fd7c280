# attack: ends the process with the exit code of success, while it is imported
# class: verdict
# success: score
# control: naive
# holds: 1
import os
os._exit(0)
