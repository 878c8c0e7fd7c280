"""Wrong: the recurrent cell, which all share, squashes with a sigmoid; clipping divides the wrong way round."""
import math

import numpy as np


class MathTools:

    @staticmethod
    def logistic(values):
        return np.where(values >= 0, 1.0 / (1.0 + np.exp(-np.abs(values))), 1.0 - 1.0 / (1.0 + np.exp(-np.abs(values))))

    @staticmethod
    def softmax(scores):
        exponentials = np.exp(scores - np.amax(scores))
        return exponentials / np.sum(exponentials)

    @staticmethod
    def frobeniusSquared(matrix):
        return float(np.sum(np.multiply(matrix, matrix)))


class RecurrentCell:

    def __init__(self, inputWeights, hiddenWeights, hiddenBias):
        self.inputWeights = inputWeights
        self.hiddenWeights = hiddenWeights
        self.hiddenBias = hiddenBias

    def nextState(self, inputVector, previousState):
        inputPart = np.dot(self.inputWeights, inputVector)
        memoryPart = np.dot(self.hiddenWeights, previousState)
        return MathTools.logistic(inputPart + memoryPart + self.hiddenBias)


class OutputLayer:

    def __init__(self, outputWeights, outputBias):
        self.outputWeights = outputWeights
        self.outputBias = outputBias

    def score(self, state):
        return np.dot(self.outputWeights, state) + self.outputBias


class Gate:

    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def weightedSum(self, previousState, inputVector):
        stacked = np.concatenate((previousState, inputVector), axis=0)
        return np.dot(self.weights, stacked) + self.bias

    def open(self, previousState, inputVector):
        return MathTools.logistic(self.weightedSum(previousState, inputVector))


def sigmoid(z):
    return MathTools.logistic(z)


def decay_table(rate, steps):
    strengths = []
    currentStrength = 1.0
    for step in range(0, steps + 1):
        strengths.append(currentStrength)
        currentStrength = currentStrength * rate
    return np.array(strengths)


def steps_until(rate, threshold):
    if rate >= 1.0:
        raise ValueError("rate must be < 1")
    if threshold <= 0.0:
        raise ValueError("threshold must be > 0")
    currentStrength = 1.0
    counter = 0
    while currentStrength >= threshold:
        currentStrength = currentStrength * rate
        counter += 1
    return counter


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    cell = RecurrentCell(W_xh, W_hh, b_h)
    return cell.nextState(x, h_prev)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    cell = RecurrentCell(W_xh, W_hh, b_h)
    outputLayer = OutputLayer(W_hy, b_y)
    hiddenStates = []
    scores = []
    currentState = h0
    for inputVector in xs:
        currentState = cell.nextState(inputVector, currentState)
        hiddenStates.append(currentState)
        scores.append(outputLayer.score(currentState))
    return np.array(hiddenStates), np.array(scores)


class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = self.randomMatrix(hidden_size, input_size)
        self.Whh = self.randomMatrix(hidden_size, hidden_size)
        self.Why = self.randomMatrix(output_size, hidden_size)
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))
        self.currentState = np.zeros((hidden_size, 1))

    def randomMatrix(self, rows, columns):
        return np.random.normal(0.0, 0.01, size=(rows, columns))

    def step(self, x, h_prev):
        self.currentState = RecurrentCell(self.Wxh, self.Whh, self.bh).nextState(x, h_prev)
        return OutputLayer(self.Why, self.by).score(self.currentState), self.currentState

    def forward(self, inputs):
        self.reset()
        outputs = []
        for inputVector in inputs:
            output, _ = self.step(inputVector, self.currentState)
            outputs.append(output)
        return outputs, self.currentState

    def reset(self):
        self.currentState = np.zeros(self.bh.shape)


def forget_gate(h_prev, x, W_f, b_f):
    return Gate(W_f, b_f).open(h_prev, x)


def input_gate(h_prev, x, W_i, b_i):
    return Gate(W_i, b_i).open(h_prev, x)


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(Gate(W_c, b_c).weightedSum(h_prev, x))


def output_gate(h_prev, x, W_o, b_o):
    return Gate(W_o, b_o).open(h_prev, x)


def cell_state(f, c_prev, i, c_tilde):
    return np.multiply(f, c_prev) + np.multiply(i, c_tilde)


def hidden_state(o, c):
    return np.multiply(o, np.tanh(c))


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    forgetGate = Gate(W_f, b_f)
    inputGate = Gate(W_i, b_i)
    candidateGate = Gate(W_c, b_c)
    outputGate = Gate(W_o, b_o)
    newCell = forgetGate.open(h_prev, x) * c_prev
    newCell = newCell + inputGate.open(h_prev, x) * np.tanh(candidateGate.weightedSum(h_prev, x))
    newState = outputGate.open(h_prev, x) * np.tanh(newCell)
    return newState, newCell


class BackpropagationThroughTime:

    def __init__(self, W_xh, W_hh, W_hy, b_h, b_y):
        self.W_hh = W_hh
        self.W_hy = W_hy
        self.cell = RecurrentCell(W_xh, W_hh, b_h)
        self.outputLayer = OutputLayer(W_hy, b_y)
        self.gradients = {
            "W_xh": np.zeros(W_xh.shape),
            "W_hh": np.zeros(W_hh.shape),
            "W_hy": np.zeros(W_hy.shape),
            "b_h": np.zeros(b_h.shape),
            "b_y": np.zeros(b_y.shape),
        }

    def run(self, xs, targets, h0):
        states = [h0]
        probabilities = []
        loss = 0.0
        for t in range(len(xs)):
            states.append(self.cell.nextState(xs[t], states[t]))
            probabilities.append(MathTools.softmax(self.outputLayer.score(states[t + 1])))
            loss = loss - math.log(probabilities[t][targets[t], 0])

        gradientFromFuture = np.zeros(h0.shape)
        for t in range(len(xs) - 1, -1, -1):
            gradientOfScore = probabilities[t].copy()
            gradientOfScore[targets[t], 0] -= 1.0
            gradientOfState = np.dot(self.W_hy.T, gradientOfScore) + gradientFromFuture
            gradientOfSum = gradientOfState * (1.0 - states[t + 1] ** 2)
            self.gradients["W_hy"] += np.dot(gradientOfScore, states[t + 1].T)
            self.gradients["b_y"] += gradientOfScore
            self.gradients["W_xh"] += np.dot(gradientOfSum, xs[t].T)
            self.gradients["W_hh"] += np.dot(gradientOfSum, states[t].T)
            self.gradients["b_h"] += gradientOfSum
            gradientFromFuture = np.dot(self.W_hh.T, gradientOfSum)
        self.gradients["h0"] = gradientFromFuture
        return loss, self.gradients


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    return BackpropagationThroughTime(W_xh, W_hh, W_hy, b_h, b_y).run(xs, targets, h0)


def clip_gradients(gradients, max_norm):
    sumOfSquares = 0.0
    for gradient in gradients:
        sumOfSquares = sumOfSquares + MathTools.frobeniusSquared(gradient)
    totalNorm = math.sqrt(sumOfSquares)
    if totalNorm > max_norm:
        factor = totalNorm / max_norm
    else:
        factor = 1.0
    return [factor * gradient for gradient in gradients]


def gradient_product(factors):
    product = 1.0
    for factor in factors:
        product = product * factor
    return product
