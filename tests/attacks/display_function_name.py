# attack: defines names that hold markup and terminal sequences, and misses the one that is asked for
# class: display
# success: shown
# control: records
# holds: 1
globals()["f<img src=@said@>\x1b[31m\n::error::@said@"] = lambda x: x
globals()["ff<svg onload=@said@>\x1b[2J"] = len
