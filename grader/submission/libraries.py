"""Which libraries a submission may import: found in its text, loaded before the worker confines itself.

Afterwards nothing can be read from disk, so a library that is not loaded by then cannot be imported. The standard
library and NumPy are always allowed; further modules are, where an assignment's ``preload`` names them. What NumPy and
Python import late, without a word in the source, the zygote has loaded before; see :mod:`grader.sandbox.pool.zygote`.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from grader.submission.statements import imported_modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Modules whose import does something beside defining names, that need a screen, or that hold programs and tests.
_REFUSED = frozenset(
    {"antigravity", "this", "idlelib", "turtle", "turtledemo", "tkinter", "test", "tests", "conftest", "distutils"}
    | {"ensurepip", "lib2to3", "venv", "pip"}
)
MAX_LIBRARIES = 200

#: NumPy's own lazy parts, which an attribute such as ``np.fft`` loads without any import statement.
_LAZY = (
    "random",
    "fft",
    "polynomial",
    "ma",
    "testing",
    "ctypeslib",
    "rec",
    "char",
    "strings",
    "emath",
    "f2py",
    "typing",
    "core",
    "matlib",
)

#: NumPy's public parts.
_NUMPY = frozenset({*_LAZY, "linalg", "lib", "exceptions", "dtypes", "version"})

#: What NumPy imports when it first opens a file of text.
_TEXT_FILES = ("urllib.request", "gzip", "bz2", "lzma")

#: What modules of the standard library import when they are first used.
_LATE = {"concurrent.futures": "concurrent.futures.thread"}

_EVERYTHING = re.compile(r"from[ \t]+numpy[ \t]+import[ \t(]*\*")
_READS_TEXT = re.compile(r"\b(?:loadtxt|genfromtxt|fromregex|savetxt)\b")
_ATTRIBUTE = re.compile(rf"\.({'|'.join(_LAZY)})\b")


def wanted(files: Mapping[str, str], preload: Iterable[str]) -> list[str]:
    """Names of allowed libraries that a submission's files mention, and all of ``preload``, in a fixed order.

    What ``from a import b`` names may be an attribute of ``a`` instead of a module. A module of the submission's own
    is none, whatever it is called.
    """
    extra = sorted(set(preload))
    own = {path.removesuffix(".py").partition("/")[0] for path in files} - {"numpy"}
    mentioned = {name for path, text in files.items() for name in imported_modules(path, text)}
    found = {name for name in mentioned if name.partition(".")[0] not in own}
    found.update(late for name, late in _LATE.items() if name in found)
    for text in files.values():
        found.update(_unsaid(text))
    return extra + sorted(name for name in found if _allowed(name, extra))[:MAX_LIBRARIES]


def _unsaid(text: str) -> Iterator[str]:
    """What a source needs that no import statement of its names."""
    for name in _LAZY if "*" in text and _EVERYTHING.search(text) else _ATTRIBUTE.findall(text):
        yield f"numpy.{name}"
    if _READS_TEXT.search(text):
        yield from _TEXT_FILES
    if "random" in text:
        yield "numpy.random"  # the worker seeds it


def _allowed(name: str, extra: list[str]) -> bool:
    root, _, rest = name.partition(".")
    parts = name.split(".")
    if _REFUSED.intersection(parts) or any(part.startswith("_") for part in parts):
        return False
    if root == "numpy":
        return not rest or rest.partition(".")[0] in _NUMPY
    return root in sys.stdlib_module_names or any(_below(name, allowed) for allowed in extra)


def _below(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(f"{allowed}.")
