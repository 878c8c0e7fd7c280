import numpy as np


def bag_of_words(tokens, vocabulary):
    v = np.zeros(len(vocabulary), dtype=int)
    for t in tokens:
        if t in vocabulary:
            v[vocabulary.index(t)] += 1
    return v


def same_bag(a, b):
    words = list(set(a) | set(b))
    return bool((bag_of_words(a, words) == bag_of_words(b, words)).all())
