# attack: returns integers whose decimals take years to write
# class: output
# success: slow
# ends: Returned
# holds: 1
def f(x, note):
    return [1 << 4_000_000, -(1 << 64), 2**63 - 1]
