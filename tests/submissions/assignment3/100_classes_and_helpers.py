"""Right: everything in small classes; other names for arguments and locals; exercises are thin wrappers."""
import math
from dataclasses import dataclass, field
from functools import reduce

import numpy as np


@dataclass
class Weights:
    inp: np.ndarray
    rec: np.ndarray
    out: np.ndarray
    hidden_bias: np.ndarray
    out_bias: np.ndarray


class Cell:
    """A tanh cell that remembers what happened."""

    def __init__(self, weights, start):
        self.weights = weights
        self.history = [start]
        self.scores = []
        self.seen = []

    def read(self, word):
        w = self.weights
        new = np.tanh(w.inp.dot(word) + w.rec.dot(self.history[-1]) + w.hidden_bias)
        self.seen.append(word)
        self.history.append(new)
        self.scores.append(w.out.dot(new) + w.out_bias)
        return new

    def read_all(self, words):
        for word in words:
            self.read(word)
        return self

    def states(self):
        return np.array(self.history[1:])


@dataclass
class Backward:
    cell: Cell
    answers: list
    sums: dict = field(default_factory=dict)
    surprise: float = 0.0

    def add(self, key, amount):
        self.sums[key] = self.sums.get(key, 0) + amount

    def run(self):
        w = self.cell.weights
        later = 0 * self.cell.history[0]
        while self.cell.scores:
            score, state, word = self.cell.scores.pop(), self.cell.history.pop(), self.cell.seen.pop()
            wanted = int(self.answers.pop())
            error = self.softmax(score)
            self.surprise -= math.log(error[wanted, 0])
            error[wanted, 0] -= 1
            self.add("W_hy", np.outer(error, state))
            self.add("b_y", error.copy())
            before_tanh = (w.out.T.dot(error) + later) * (1 - np.square(state))
            self.add("W_xh", np.outer(before_tanh, word))
            self.add("W_hh", np.outer(before_tanh, self.cell.history[-1]))
            self.add("b_h", before_tanh)
            later = w.rec.T.dot(before_tanh)
        self.sums["h0"] = later
        return self.surprise, self.sums

    @staticmethod
    def softmax(score):
        e = np.exp(score - np.max(score))
        return e / np.sum(e)


class Gate:
    def __init__(self, matrix, bias, squash):
        self.matrix, self.bias, self.squash = matrix, bias, squash

    def __call__(self, memory, word):
        return self.squash(self.matrix.dot(np.r_[memory, word]) + self.bias)


def sigmoid(z):
    out = np.empty_like(z, dtype=float)
    up = z >= 0
    out[up] = 1 / (1 + np.exp(-z[up]))
    e = np.exp(z[~up])
    out[~up] = e / (1 + e)
    return out


def decay_table(factor, count):
    return np.array([factor ** k for k in range(count + 1)], dtype=float)


def steps_until(factor, limit):
    if factor >= 1 or limit <= 0:
        raise ValueError("there is no such step")
    if factor == 0:
        return 1
    return math.floor(math.log(limit) / math.log(factor)) + 1


def rnn_step(word, memory, inp, rec, bias):
    return np.tanh(rec.dot(memory) + inp.dot(word) + bias)


def rnn_forward(words, memory, inp, rec, out, hidden_bias, out_bias):
    cell = Cell(Weights(inp, rec, out, hidden_bias, out_bias), memory).read_all(words)
    return cell.states(), np.array(cell.scores)


class SimpleRNN:
    def __init__(self, n_in, n_hidden, n_out):
        self.Wxh = self._small(n_hidden, n_in)
        self.Whh = self._small(n_hidden, n_hidden)
        self.Why = self._small(n_out, n_hidden)
        self.bh = np.zeros((n_hidden, 1))
        self.by = np.zeros((n_out, 1))

    @staticmethod
    def _small(*shape):
        return np.random.normal(0.0, 0.01, shape)

    def _cell(self, memory):
        return Cell(Weights(self.Wxh, self.Whh, self.Why, self.bh, self.by), memory)

    def step(self, word, memory):
        cell = self._cell(memory)
        new = cell.read(word)
        return cell.scores[0], new

    def forward(self, words):
        cell = self._cell(np.zeros_like(self.bh)).read_all(words)
        return cell.scores, cell.history[-1]


def forget_gate(memory, word, matrix, bias):
    return Gate(matrix, bias, sigmoid)(memory, word)


def input_gate(memory, word, matrix, bias):
    return Gate(matrix, bias, sigmoid)(memory, word)


def candidate(memory, word, matrix, bias):
    return Gate(matrix, bias, np.tanh)(memory, word)


def output_gate(memory, word, matrix, bias):
    return Gate(matrix, bias, sigmoid)(memory, word)


def cell_state(keep, old, store, new):
    return keep * old + store * new


def hidden_state(show, cell):
    return show * np.tanh(cell)


def lstm_step(word, memory, cell, *parameters):
    keep, store, new, show = (
        Gate(matrix, bias, squash)(memory, word)
        for matrix, bias, squash in zip(parameters[::2], parameters[1::2], (sigmoid, sigmoid, np.tanh, sigmoid))
    )
    cell = cell_state(keep, cell, store, new)
    return hidden_state(show, cell), cell


def bptt(words, answers, memory, inp, rec, out, hidden_bias, out_bias):
    cell = Cell(Weights(inp, rec, out, hidden_bias, out_bias), memory).read_all(words)
    return Backward(cell, list(answers)).run()


def clip_gradients(arrays, limit):
    length = math.sqrt(sum(float(np.vdot(a, a)) for a in arrays))
    return list(arrays) if length <= limit else [a * (limit / length) for a in arrays]


def gradient_product(numbers):
    return reduce(lambda a, b: a * b, numbers, 1.0)
