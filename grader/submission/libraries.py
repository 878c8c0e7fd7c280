"""Which libraries a submission may import: found in its text, loaded before the worker confines itself.

Afterwards nothing can be read from disk, so a library that is not loaded by then cannot be imported. The standard
library and NumPy are always allowed; further modules are, where an assignment's ``preload`` names them. What these
import late, without a word in the source, is found in memory (:mod:`grader.sandbox.worker.late`), unless it is compiled
code: that is loaded beforehand, by the zygote (:mod:`grader.sandbox.pool.zygote`) or for what the source says here.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
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
SOURCES = 8  # of which it is kept what they mention: each is run in several processes, one after the other

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

#: What help() and np.info import.
_HELP = ("pydoc",)

#: Codecs that stand on compiled code. The others follow from memory.
_CODECS = tuple(
    f"encodings.{name}"
    for name in ("gbk", "big5", "big5hkscs", "euc_jp", "euc_kr", "iso2022_jp", "idna", "bz2_codec", "zlib_codec")
)

#: What modules of the standard library import when they are first used.
_LATE = {"concurrent.futures": "concurrent.futures.thread"}

_EVERYTHING = re.compile(r"from[ \t]+numpy[ \t]+import[ \t(]*\*")
_READS_TEXT = re.compile(r"\b(?:loadtxt|genfromtxt|fromregex|savetxt)\b")
_HELPS = re.compile(r"\bhelp[ \t]*\(|\.(?:info|lookfor)[ \t]*\(")
_ENCODES = re.compile(
    r"\.(?:en|de)code[ \t]*\(|\bencoding[ \t]*=|\bcodecs\b"
    r"|\b(?:str|bytes|bytearray)[ \t]*\([^,\n]{1,200},[ \t]*[\"']"
)
_ALIAS = re.compile(r"\bimport[ \t]++([\w.]++)[ \t]++as[ \t]++(\w++)")
_PARTS = re.compile(r"(?<![\w.])(\w++)((?:\.\w++){1,4})")
_ATTRIBUTE = re.compile(rf"\.({'|'.join(_LAZY)})\b")


def wanted(files: Mapping[str, str], preload: Iterable[str]) -> list[str]:
    """Names of allowed libraries that a submission's files mention, and all of ``preload``, in a fixed order.

    What ``from a import b`` names may be an attribute of ``a`` instead of a module. A module of the submission's own
    is none, whatever it is called.
    """
    extra = sorted(set(preload))
    own = {path.removesuffix(".py").partition("/")[0] for path in files} - {"numpy"}
    mentioned = frozenset[str]().union(*(_mentioned(path, text) for path, text in files.items()))
    found = {name for name in mentioned if name.partition(".")[0] not in own}
    found.update(late for name, late in _LATE.items() if name in found)
    for text in files.values():
        found |= _unsaid(text)
        found.update(_parts(text, extra) if extra else ())
    return extra + sorted(name for name in found if _allowed(name, extra))[:MAX_LIBRARIES]


@lru_cache(maxsize=SOURCES)
def _mentioned(path: str, text: str) -> frozenset[str]:
    return frozenset(imported_modules(path, text))


@lru_cache(maxsize=SOURCES)
def _unsaid(text: str) -> frozenset[str]:
    """What a source needs that no import statement of its names."""
    return frozenset(_found_unsaid(text))


def _found_unsaid(text: str) -> Iterator[str]:
    for name in _LAZY if "*" in text and _EVERYTHING.search(text) else _ATTRIBUTE.findall(text):
        yield f"numpy.{name}"
    if _READS_TEXT.search(text):
        yield from _TEXT_FILES
    if _HELPS.search(text):
        yield from _HELP
    if _ENCODES.search(text):
        yield from _CODECS
    if "random" in text:
        yield "numpy.random"  # the worker seeds it


def _parts(text: str, extra: list[str]) -> Iterator[str]:
    """What a source takes from the libraries ``extra`` by attributes (``sp.linalg.expm``), each with all above it.

    Some load a part of theirs when it is first asked for. What is no module is an attribute, which does no harm.
    """
    roots = {name.partition(".")[0] for name in extra}
    meant = {root: root for root in roots}
    meant |= {alias: name for name, alias in _ALIAS.findall(text) if name.partition(".")[0] in roots}
    for name, rest in sorted(set(_PARTS.findall(text))):
        if name in meant:
            parts = [meant[name], *rest.split(".")[1:]]
            yield from (".".join(parts[:length]) for length in range(2, len(parts) + 1))


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
