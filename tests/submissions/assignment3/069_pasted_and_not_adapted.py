"""Wrong: the candidate has no tanh; lstm_step has a bias twice and no tanh of the cell; bptt has its signs turned."""
#!/usr/bin/env python
# coding: utf-8

# # Homework Week 3

# In[1]:


import numpy as np


# ## Part 1 - decay

# In[2]:


def decay_table(rate, steps):
    n = np.arange(steps + 1)
    return rate ** n.astype(float)


# In[3]:


def steps_until(rate, threshold):
    if rate >= 1:
        raise ValueError("rate >= 1")
    if threshold <= 0:
        raise ValueError("threshold <= 0")
    n = 0
    while not rate ** n < threshold:
        n = n + 1
    return n


# ## Part 2 - RNN

# In[4]:


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    h = np.tanh(np.matmul(W_hh, h_prev) + np.matmul(W_xh, x) + b_h)
    return h


# In[7]:


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs = []
    ys = []
    h_prev = h0
    for t in range(len(xs)):
        h = np.tanh(np.matmul(W_hh, h_prev) + np.matmul(W_xh, xs[t]) + b_h)
        y = np.matmul(W_hy, h) + b_y
        hs.append(h)
        ys.append(y)
        h_prev = h
    return np.array(hs), np.array(ys)


# In[9]:


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        """Process one time step"""
        h = np.tanh(np.matmul(self.Wxh, x) + np.matmul(self.Whh, h_prev) + self.bh)
        y = np.matmul(self.Why, h) + self.by
        return y, h

    def forward(self, inputs):
        """Process entire sequence"""
        h = np.zeros((self.Whh.shape[0], 1))
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


# ## Part 3 - LSTM

# In[10]:


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# In[12]:


def forget_gate(h_prev, x, W_f, b_f):
    concat = np.vstack([h_prev, x])
    f = sigmoid(np.matmul(W_f, concat) + b_f)
    return f


def input_gate(h_prev, x, W_i, b_i):
    concat = np.vstack([h_prev, x])
    i = sigmoid(np.matmul(W_i, concat) + b_i)
    return i


def candidate(h_prev, x, W_c, b_c):
    concat = np.vstack([h_prev, x])
    c_tilde = np.matmul(W_c, concat) + b_c
    return c_tilde


def output_gate(h_prev, x, W_o, b_o):
    concat = np.vstack([h_prev, x])
    o = sigmoid(np.matmul(W_o, concat) + b_o)
    return o


# In[15]:


def cell_state(f, c_prev, i, c_tilde):
    return f * c_prev + i * c_tilde


def hidden_state(o, c):
    return o * np.tanh(c)


# In[16]:


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    concat = np.vstack([h_prev, x])
    f = sigmoid(np.matmul(W_f, concat) + b_f)
    i = sigmoid(np.matmul(W_i, concat) + b_f)
    c_tilde = np.tanh(np.matmul(W_c, concat) + b_c)
    o = sigmoid(np.matmul(W_o, concat) + b_o)
    c = f * c_prev + i * c_tilde
    h = o * c
    return h, c


# ## Part 4 - BPTT

# In[22]:


def softmax(y):
    y = y - np.max(y)
    return np.exp(y) / np.sum(np.exp(y))


# In[31]:


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = len(xs)
    V = b_y.shape[0]
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss = 0
    dW_xh = np.zeros(W_xh.shape)
    dW_hh = np.zeros(W_hh.shape)
    dW_hy = np.zeros(W_hy.shape)
    db_h = np.zeros(b_h.shape)
    db_y = np.zeros(b_y.shape)
    dh_next = np.zeros(h0.shape)
    for t in reversed(range(T)):
        p = softmax(ys[t])
        onehot = np.zeros((V, 1))
        onehot[targets[t]] = 1
        loss = loss - np.log(p[targets[t], 0])
        dy = onehot - p
        dW_hy = dW_hy + np.matmul(dy, hs[t].T)
        db_y = db_y + dy
        dh = np.matmul(W_hy.T, dy) + dh_next
        da = (1 - hs[t] ** 2) * dh
        if t > 0:
            h_before = hs[t - 1]
        else:
            h_before = h0
        dW_xh = dW_xh + np.matmul(da, xs[t].T)
        dW_hh = dW_hh + np.matmul(da, h_before.T)
        db_h = db_h + da
        dh_next = np.matmul(W_hh.T, da)
    gradients = {"W_xh": dW_xh, "W_hh": dW_hh, "W_hy": dW_hy, "b_h": db_h, "b_y": db_y, "h0": dh_next}
    return loss, gradients


# In[35]:


def clip_gradients(gradients, max_norm):
    norm = 0
    for g in gradients:
        norm = norm + np.sum(g ** 2)
    norm = np.sqrt(norm)
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients]
    else:
        return gradients


# In[36]:


def gradient_product(factors):
    p = 1
    for f in factors:
        p = p * f
    return p


# In[37]:


if __name__ == "__main__":
    print(decay_table(0.9, 20))
    print(gradient_product([0.1, 0.3, 0.2, 0.1]))
