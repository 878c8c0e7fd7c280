"""What Python 2 and old NumPy had and today's have not, and names of libraries that were never imported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.report.words.language import at

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
_METHODS: Final = {
    "has_key": "`key in d` for `d.has_key(key)`",
    "iteritems": "`.items()`",
    "itervalues": "`.values()`",
    "iterkeys": "`.keys()`",
    "next": "`next(it)` for `it.next()`",
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

#: The line that brings a name which code uses without it.
IMPORTS: Final = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
    "reduce": "from functools import reduce",
    "partial": "from functools import partial",
    "defaultdict": "from collections import defaultdict",
    "deepcopy": "from copy import deepcopy",
    **{
        name: f"import {name}"
        for name in ("math", "random", "time", "copy", "itertools", "functools", "collections", "sys", "os", "re")
    },
}

_VIEWS: Final = r"(?P<view>map|filter|zip|range|dict_keys|dict_values|dict_items)"
_NO_LIST: Final = re.compile(
    rf"^TypeError: (?:'{_VIEWS}' object is not subscriptable|object of type '(?:map|filter|zip)' has no len"
    rf"|'range' object does not support item assignment"
    rf"|unsupported operand .*'(?:map|filter|zip|range|dict_\w+)'|.*, not '(?:map|filter|zip|dict_\w+)'$)"
    rf"|^AttributeError: '(?:map|filter|zip|range|dict_\w+)' object has no attribute"
)
_VIEW: Final = re.compile(r"'(map|filter|zip|range|dict_keys|dict_values|dict_items)'")
_UNDEFINED: Final = re.compile(r"^NameError: name '(\w+)' is not defined")
_NUMPY: Final = re.compile(r"^AttributeError: (?:module 'numpy' has no attribute '|`np\.)(\w+)['`]")
_ATTRIBUTE: Final = re.compile(r"^AttributeError: module '(\w+)' has no attribute '(\w+)'")
_METHOD: Final = re.compile(r"^AttributeError: '\w+' object has no attribute '(\w+)'")
_MODULE: Final = re.compile(r"^ModuleNotFoundError: No module named '(\w+)")
_FROM: Final = re.compile(r"^ImportError: cannot import name '(\w+)' from '(collections|itertools)'")

#: Syntax of Python 2: what Python says of it, what stands in the line, what to write.
_SYNTAX: Final = (
    ("Missing parentheses in call to 'print'", r"", "write print(...) with parentheses."),
    ("Missing parentheses in call to 'exec'", r"", "write exec(...) with parentheses."),
    ("multiple exception types must be parenthesized", r"", "write `except ValueError as error:` with as."),
    ("", r"^except\s+[\w.]+\s*,\s*\w+\s*:", "write `except ValueError as error:` with as."),
    ("", r"^raise\s+[\w.]+\s*,", 'write `raise ValueError("...")` with parentheses.'),
    ("", r"^print\s+[^\s(=]", "write print(...) with parentheses."),
    ("", r"<>", "write != for <>."),
    ("invalid decimal literal", r"\b\d+[lL]\b", "write whole numbers without L."),
    ("leading zeros in decimal integer", r"\b0\d", "write 0o in front of octal digits, or no zero in front."),
)


def advice(raised: Raised) -> str:
    """What to write instead; empty for what is neither old nor an import that is missing."""
    message = f"{raised.error}: {raised.message}"
    if raised.cause is not None and raised.frames:
        cause = raised.cause
        where = at(cause.line, cause.file if cause.in_cell or cause.file != raised.frames[-1].file else "")
        return f"In {where} `/` makes a float, which no index and no size may be in Python 3: write `//` there."
    if found := _UNDEFINED.search(message):
        return _undefined(found[1], raised)
    if raised.error in ("SyntaxError", "TabError", "IndentationError"):
        return _syntax(raised)
    return _numpy(message) or _gone(message) or _no_list(message)


def _undefined(name: str, raised: Raised) -> str:
    if name in NAMES:
        return f"{name} is Python 2: write {NAMES[name]}."
    if name in IMPORTS and raised.frames:
        return f"Add `{IMPORTS[name]}` at the top of {raised.frames[-1].file}: that line is missing."
    return ""


def _syntax(raised: Raised) -> str:
    text = raised.frames[-1].text if raised.frames else ""
    for said, pattern, instead in _SYNTAX:
        if said in raised.message and re.search(pattern, text):
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
    if (found := _METHOD.search(message)) and (new := _METHODS.get(found[1])):
        return f".{found[1]}() is Python 2: write {new}."
    if found := _MODULE.search(message):
        if new := _MODULES.get(found[1]):
            return f"{found[1]} is Python 2: import {new}."
        return "Python 3 needs nothing of past: take the line out, and write range for xrange." * (found[1] == "past")
    if found := _FROM.search(message):
        new = f"zip, map and filter need no import in Python 3: write {NAMES[found[1]]}." if found[1] in NAMES else ""
        return new or f"In Python 3 write `from collections.abc import {found[1]}`." * (found[2] == "collections")
    return ""


def _no_list(message: str) -> str:
    if not _NO_LIST.search(message):
        return ""
    found = _VIEW.search(message)
    call = {"dict_keys": "d.keys()", "dict_values": "d.values()", "dict_items": "d.items()"}
    made = call.get(found[1], f"{found[1]}(...)") if found else ""
    return f"{made} gives no list in Python 3: write list({made})." if made else ""
