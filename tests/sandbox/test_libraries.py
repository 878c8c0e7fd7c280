"""Which libraries are loaded for a submission before it is confined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.libraries import wanted


@pytest.mark.parametrize(
    ("source", "libraries"),
    [
        ("import math", ["math"]),
        ("import math as m, json\nfrom collections import abc", ["collections", "collections.abc", "json", "math"]),
        ("def f():\n    import statistics", ["statistics"]),
        ("from os import path", ["os", "os.path"]),
        ("import numpy as np\nnp.fft.fft(x)", ["numpy", "numpy.fft"]),
        ("np.random.rand()", ["numpy.random"]),
        ("import scipy.linalg, torch, memory", []),
        ("import antigravity\nfrom turtle import *\nimport __main__", []),
        ("", []),
    ],
)
def test_what_is_mentioned_and_allowed(source, libraries):
    assert wanted([source], []) == libraries


def test_all_of_numpy_brings_its_lazy_parts():
    assert {"numpy.fft", "numpy.random", "numpy.ma"} <= set(wanted(["from numpy import *"], []))


def test_preloads_come_first_and_allow_what_is_below_them():
    source = "import scipy.linalg\nimport scipy.optimize\nimport math"
    assert wanted([source], ["scipy.linalg"]) == ["scipy.linalg", "math", "scipy.linalg"]
    assert wanted([source], ["scipy"]) == ["scipy", "math", "scipy.linalg", "scipy.optimize"]


@given(st.text())
def test_any_text_can_be_searched(text):
    assert all(isinstance(name, str) for name in wanted([text], []))


def test_what_numpy_imports_to_read_a_file_comes_along():
    assert "urllib.request" in wanted(["W = np.loadtxt('w.csv')"], [])
    assert "zipfile" in wanted(["W = np.load('w.npz')['W']"], [])
