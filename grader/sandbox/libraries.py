"""Which libraries a submission may import: found in its text, loaded before the worker confines itself.

Afterwards nothing can be read from disk, so a library that is not loaded by then cannot be imported. The standard
library and NumPy are always allowed; further modules are, where an assignment's ``preload`` names them.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
)

#: NumPy's public parts.
_NUMPY = frozenset({*_LAZY, "linalg", "lib", "exceptions", "dtypes", "version"})

#: What NumPy imports when it first reads a file of text, or an archive of arrays.
_TEXT_FILES = ("urllib.request", "gzip", "bz2", "lzma")
_ARCHIVES = ("zipfile", "pathlib", "encodings.cp437")

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+([^\n;]*)|import[ \t]+([^\n;]+))", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_EVERYTHING = re.compile(r"from[ \t]+numpy[ \t]+import[ \t(]*\*")
_READS_TEXT = re.compile(r"\b(?:loadtxt|genfromtxt)\b")
_READS_ARCHIVES = re.compile(r"\.npz\b")
_ATTRIBUTE = re.compile(rf"\.({'|'.join(_LAZY)})\b")


def wanted(sources: Iterable[str], preload: Iterable[str]) -> list[str]:
    """Names of allowed modules that the sources mention, and all of ``preload``, in a fixed order."""
    extra = sorted(set(preload))
    found: set[str] = set()
    for text in sources:
        for match in _IMPORT.finditer(text):
            base, names, modules = match.groups()
            if base is not None:
                found.add(base)
                found.update(f"{base}.{name}" for name in _NAME.findall(names) if name != "as")
            else:
                found.update(_NAME.findall(modules))
        lazy = _LAZY if "*" in text and _EVERYTHING.search(text) else _ATTRIBUTE.findall(text)
        found.update(f"numpy.{name}" for name in lazy)
        if _READS_TEXT.search(text):
            found.update(_TEXT_FILES)
        if _READS_ARCHIVES.search(text):
            found.update(_ARCHIVES)
        if "random" in text:
            found.add("numpy.random")  # the worker seeds it
    return extra + sorted(name for name in found if _allowed(name, extra))[:MAX_LIBRARIES]


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
