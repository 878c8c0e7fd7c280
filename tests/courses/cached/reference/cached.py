"""A layer of a recurrent network with batches of row vectors; what its caches hold is nobody's business but its own."""

import numpy as np


def unit_forward(x, h, U, b):
    out = np.tanh(x + h @ U + b)
    return out, (h, U, out)


def unit_backward(dout, cache):
    h, U, out = cache
    da = dout * (1.0 - out**2)
    return da, da @ U.T, h.T @ da, da.sum(axis=0)


def layer_forward(xs, h, U, b):
    outs, caches = [], []
    for t in range(xs.shape[1]):
        h, cache = unit_forward(xs[:, t], h, U, b)
        outs.append(h)
        caches.append(cache)
    return np.stack(outs, axis=1), caches


def layer_backward(douts, caches):
    dxs, dh, dU, db = [], 0.0, 0.0, 0.0
    for t in reversed(range(len(caches))):
        dx, dh, dU_t, db_t = unit_backward(douts[:, t] + dh, caches[t])
        dxs.insert(0, dx)
        dU, db = dU + dU_t, db + db_t
    return np.stack(dxs, axis=1), dh, dU, db
