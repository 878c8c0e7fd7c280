"""What Python 2 and old NumPy had and today's have not, and names that an import was to bring."""

from __future__ import annotations

import re
from collections import abc
from importlib import import_module
from typing import TYPE_CHECKING, Final

from grader.records.lines import code_of
from grader.report.words.language import place

if TYPE_CHECKING:
    from grader.records.run import Raised

#: What today's NumPy has in place of a name that it had.
NUMPY: Final = {
    **{name: name for name in ("float", "int", "bool", "object", "complex", "str")},
    "long": "int",
    "unicode": "str",
    "int0": "np.intp",
    "bool8": "np.bool_",
    "float_": "np.float64",
    "complex_": "np.complex128",
    "unicode_": "np.str_",
    "string_": "np.bytes_",
    "round_": "np.round",
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), "np.inf"),
    "NINF": "-np.inf",
    "NaN": "np.nan",
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "alltrue": "np.all",
    "sometrue": "np.any",
    "in1d": "np.isin",
    "row_stack": "np.vstack",
    "trapz": "np.trapezoid",
    "rank": "np.ndim",
    "asscalar": "a.item() for np.asscalar(a)",
    "msort": "np.sort(a, axis=0) for np.msort(a)",
    "mat": "np.array",
    "asfarray": "np.asarray(a, dtype=float) for np.asfarray(a)",
}

#: What Python 3 has in place of a name, an attribute or a module of Python 2.
NAMES: Final = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "basestring": "str",
    "long": "int",
    "unichr": "chr",
    "izip": "zip",
    "imap": "map",
    "ifilter": "filter",
}
_DICT: Final = r"dict|collections\.(?:defaultdict|OrderedDict)"
_ITERATOR: Final = (
    r"generator|zip|map|filter|enumerate|reversed|itertools\.\w+|_io\.\w+|_csv\.reader|list_reverseiterator"
    r"|(?:list|tuple|set|str|str_ascii|bytes|bytearray|range|longrange|callable)_iterator"
    r"|dict_(?:reverse)?(?:key|value|item)iterator"
)
#: Methods by name: the types of Python's own that had them (a class of a student's own has what it defines), and what
#: there is instead.
_METHODS: Final = {
    "has_key": (_DICT, "`key in d` for `d.has_key(key)`"),
    "iteritems": (_DICT, "`.items()`"),
    "itervalues": (_DICT, "`.values()`"),
    "iterkeys": (_DICT, "`.keys()`"),
    "next": (_ITERATOR, "`next(it)` for `it.next()`"),
}
_MODULES: Final = {
    "cPickle": "pickle",
    "StringIO": "io",
    "cStringIO": "io",
    "Queue": "queue",
    "urllib2": "urllib.request",
    "__builtin__": "builtins",
    "ConfigParser": "configparser",
}
_ATTRIBUTES: Final = {
    "time.clock": "time.perf_counter()",
    "sys.maxint": "sys.maxsize",
    "fractions.gcd": "math.gcd",
    "itertools.izip": "zip",
    "itertools.imap": "map",
    "itertools.ifilter": "filter",
}

#: What code uses and forgets to import: libraries, with the line that brings them; modules and functions of Python's.
LIBRARIES: Final = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
}
MODULES: Final = ("math", "random", "time", "copy", "itertools", "functools", "collections", "sys", "os", "re")
FUNCTIONS: Final = {"reduce": "functools", "partial": "functools", "defaultdict": "collections", "deepcopy": "copy"}

_VIEWS: Final = r"(?P<view>map|filter|zip|range|dict_keys|dict_values|dict_items)"
_OF_LISTS: Final = "|".join(name for name in dir(list) if not name.startswith("_"))
_NO_LIST: Final = re.compile(
    rf"^TypeError: (?:'{_VIEWS}' object is not subscriptable|object of type '(?:map|filter|zip)' has no len"
    rf"|'range' object does not support item assignment"
    rf"|unsupported operand .*'(?:map|filter|zip|range|dict_\w+)'|.*, not '(?:map|filter|zip|dict_\w+)'$)"
    rf"|^AttributeError: '(?:map|filter|zip|range|dict_\w+)' object has no attribute '(?:{_OF_LISTS})'"
)
_VIEW: Final = re.compile(r"'(map|filter|zip|range|dict_keys|dict_values|dict_items)'")
_UNDEFINED: Final = re.compile(r"^NameError: name '(\w+)' is not defined")
_NUMPY: Final = re.compile(r"^AttributeError: (?:module 'numpy' has no attribute '|`np\.)(\w+)['`]")
_ATTRIBUTE: Final = re.compile(r"^AttributeError: module '(\w+)' has no attribute '(\w+)'")
_METHOD: Final = re.compile(r"^AttributeError: '([\w.]+)' object has no attribute '(\w+)'")
_MODULE: Final = re.compile(r"^ModuleNotFoundError: No module named '(\w+)")
_FROM: Final = re.compile(r"^ImportError: cannot import name '(\w+)' from '(collections|itertools)'")

#: Syntax of Python 2: how what Python says of it begins, what stands in the line's code, what to write.
_SYNTAX: Final = (
    ("Missing parentheses in call to 'print'", r"", "write print(...) with parentheses."),
    ("Missing parentheses in call to 'exec'", r"", "write exec(...) with parentheses."),
    (
        "multiple exception types must be parenthesized",
        r"^except\b[^:]*,\s*[a-z_]\w*\s*:",  # and no second type, which has a capital or a dot
        "write `except ValueError as error:` with as.",
    ),
    ("invalid syntax$", r"^raise\s+[\w.]+\s*,", 'write `raise ValueError("...")` with parentheses.'),
    ("invalid syntax$", r"<>", "write != for <>."),
    ("invalid decimal literal", r"\b\d+[lL]\b", "write whole numbers without L."),
    (
        "leading zeros in decimal integer",
        r"(?<![\w.])0[0-7]+\b(?!\.)",
        "write 0o in front of octal digits, or no zero in front.",
    ),
)


def advice(raised: Raised) -> str:
    """What to write instead; empty for what is neither old nor an import that is missing."""
    message = f"{raised.error}: {raised.message}"
    if raised.cause is not None and raised.frames:
        where = place(raised.cause, raised.frames[-1].file)
        return f"In {where} `/` makes a float, which no index and no size may be in Python 3: write `//` there."
    if found := _UNDEFINED.search(message):
        return _undefined(found[1], raised)
    if raised.error in ("SyntaxError", "TabError", "IndentationError"):
        return _syntax(raised)
    return _numpy(message) or _gone(message) or _no_list(message)


def _undefined(name: str, raised: Raised) -> str:
    if name in NAMES:
        return f"{name} is Python 2: write {NAMES[name]}."
    if not raised.frames:
        return ""
    frame = raised.frames[-1]
    where = "in a cell that runs first" if frame.in_cell else f"at the top of {frame.file}"
    line = _meant(name, frame.text)
    return f"{name} is not defined where it is used: put `{line}` {where}." if line else ""


def _meant(name: str, text: str) -> str:
    """The import of what a name stands for in a line; empty unless the line shows that it does.

    That the import is missing is not known: it may stand further down, in a function, or in a cell that stopped. And
    ``time`` or ``copy`` may well be a variable of the student's own.
    """
    alone = rf"(?<![\w.]){name}\s*"
    if name in LIBRARIES and re.search(rf"{alone}\.", text):
        return LIBRARIES[name]
    code = code_of(text)
    if name in MODULES and any(hasattr(import_module(name), used) for used in re.findall(rf"{alone}\.\s*(\w+)", code)):
        return f"import {name}"
    if name in FUNCTIONS and re.search(rf"{alone}\(", code):
        return f"from {FUNCTIONS[name]} import {name}"
    return ""


def _syntax(raised: Raised) -> str:
    text = raised.frames[-1].text if raised.frames else ""
    code = code_of(text)
    if re.search(r"[\"']", code) or re.search(r"\"\"\"|'''", text):
        code = ""  # a text goes over several lines: what is code in this one is not known
    for said, pattern, instead in _SYNTAX:
        if re.match(said, raised.message) and re.search(pattern, code):
            return f"This is Python 2: {instead}"
    if raised.error == "TabError":
        return "Tabs and spaces are mixed: indent with spaces alone."
    return ""


def _numpy(message: str) -> str:
    found = _NUMPY.search(message)
    if found is None or found[1] not in NUMPY:
        return ""
    return f"NumPy no longer has np.{found[1]}: write {NUMPY[found[1]]}."


def _gone(message: str) -> str:
    """Attributes and modules that were renamed."""
    if (found := _ATTRIBUTE.search(message)) and (new := _ATTRIBUTES.get(f"{found[1]}.{found[2]}")):
        return f"Python no longer has {found[1]}.{found[2]}: write {new}."
    if (found := _METHOD.search(message)) and found[2] in _METHODS:
        owners, new = _METHODS[found[2]]
        return f".{found[2]}() is Python 2: write {new}." * bool(re.fullmatch(owners, found[1]))
    if found := _MODULE.search(message):
        if new := _MODULES.get(found[1]):
            return f"{found[1]} is Python 2: import {new}."
        return "Python 3 needs nothing of past: take the line out, and write range for xrange." * (found[1] == "past")
    if found := _FROM.search(message):
        if new := _ATTRIBUTES.get(f"{found[2]}.{found[1]}"):
            return f"zip, map and filter need no import in Python 3: write {new}."
        moved = found[2] == "collections" and found[1] in abc.__all__
        return f"In Python 3 write `from collections.abc import {found[1]}`." * moved
    return ""


def _no_list(message: str) -> str:
    if not _NO_LIST.search(message):
        return ""
    found = _VIEW.search(message)
    call = {"dict_keys": "d.keys()", "dict_values": "d.values()", "dict_items": "d.items()"}
    made = call.get(found[1], f"{found[1]}(...)") if found else ""
    return f"{made} gives no list in Python 3: write list({made})." if made else ""
