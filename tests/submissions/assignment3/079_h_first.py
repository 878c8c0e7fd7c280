"""Wrong: step returns h, y; the forget gate has x on top; the slope of the tanh is taken one step too early."""
import numpy as np
from numpy import exp, log, tanh, zeros, zeros_like as zl
d = np.dot
cat = lambda h, x: np.r_[h, x]
sigmoid = lambda z: .5 + .5 * tanh(.5 * z)

def decay_table(r, n): return np.power(float(r), range(n + 1))

def steps_until(r, th):
    if r >= 1 or th <= 0: raise ValueError('never')
    n = 0
    while r**n >= th: n += 1
    return n

def rnn_step(x, h, Wx, Wh, b): return tanh(d(Wh, h) + d(Wx, x) + b)

def rnn_forward(xs, h, Wx, Wh, Wy, b, by):
    hs = []
    for x in xs: hs.append(h := rnn_step(x, h, Wx, Wh, b))
    return np.array(hs), np.array([d(Wy, h) + by for h in hs])

class SimpleRNN:
    def __init__(s, D, H, V):
        s.Wxh, s.Whh, s.Why = [.01 * np.random.randn(*k) for k in ((H, D), (H, H), (V, H))]
        s.bh, s.by = zeros((H, 1)), zeros((V, 1))
    def step(s, x, h):
        h = rnn_step(x, h, s.Wxh, s.Whh, s.bh)
        return h, d(s.Why, h) + s.by
    def forward(s, xs):
        h, out = zl(s.bh), []
        for x in xs:
            h, y = s.step(x, h)
            out += [y]
        return out, h

def forget_gate(h, x, W, b): return sigmoid(d(W, cat(x, h)) + b)
def input_gate(h, x, W, b): return sigmoid(d(W, cat(h, x)) + b)
def candidate(h, x, W, b): return tanh(d(W, cat(h, x)) + b)
def output_gate(h, x, W, b): return sigmoid(d(W, cat(h, x)) + b)
def cell_state(f, c, i, g): return f*c + i*g
def hidden_state(o, c): return o*tanh(c)

def lstm_step(x, h, c, Wf, bf, Wi, bi, Wc, bc, Wo, bo):
    v = cat(h, x)
    f, i, g, o = sigmoid(d(Wf, v) + bf), sigmoid(d(Wi, v) + bi), tanh(d(Wc, v) + bc), sigmoid(d(Wo, v) + bo)
    c = f*c + i*g
    return o*tanh(c), c

def bptt(xs, ks, h0, Wx, Wh, Wy, b, by):
    hs, ys = rnn_forward(xs, h0, Wx, Wh, Wy, b, by)
    L, dWx, dWh, dWy, db, dby, dn = 0, zl(Wx), zl(Wh), zl(Wy), zl(b), zl(by), zl(h0)
    for t in range(len(xs))[::-1]:
        p = exp(ys[t] - ys[t].max()); p /= p.sum()
        L -= log(p[ks[t], 0])
        p[ks[t]] -= 1
        h = hs[t-1] if t else h0
        a = (d(Wy.T, p) + dn) * (1 - h**2)
        dWy += d(p, hs[t].T); dby += p
        dWx += d(a, xs[t].T); dWh += d(a, h.T); db += a
        dn = d(Wh.T, a)
    return L, dict(W_xh=dWx, W_hh=dWh, W_hy=dWy, b_h=db, b_y=dby, h0=dn)

def clip_gradients(gs, m):
    n = sum((g**2).sum() for g in gs) ** .5
    return [g * min(1, m / n) if n else g for g in gs]

def gradient_product(fs): return np.prod([1., *fs])
