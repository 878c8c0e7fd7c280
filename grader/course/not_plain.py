"""Words that a plain module (:mod:`grader.course.plain`) does without, as its text would not show what they do."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

#: What looks names up, reaches out of the process, or gives a class, whose state all of its objects have.
BUILTINS: Final = frozenset(
    {"breakpoint", "compile", "delattr", "dir", "eval", "exec", "exit", "type"}
    | {"getattr", "globals", "hash", "help", "id", "input", "locals", "memoryview", "open", "quit", "setattr", "vars"}
)
#: What changes how a library works from then on, writes files, gets at memory, or at what a library itself imports.
SETTING: Final = frozenset(
    {"seterr", "seterrcall", "seterrobj", "setbufsize", "set_printoptions", "set_string_function", "set_numeric_ops"}
    | {"set_default_printstyle", "set_global_backend", "register_backend", "masked_print_option", "physical_constants"}
    | {"save", "savez", "savez_compressed", "savetxt", "tofile", "dump", "dumps", "memmap", "open_memmap", "DataSource"}
    | {"savemat", "mmwrite", "hb_write", "save_npz", "write", "netcdf_file", "FortranFile", "datasets"}
    | {"as_strided", "ctypes", "ctypeslib", "sctypeDict", "sctypes", "typecodes", "typeDict", "test", "f2py"}
    | {"set_state", "set_bit_generator", "setstate", "cache", "lru_cache", "cached_property", "cache_clear", "register"}
    | {"attrgetter", "methodcaller", "update_wrapper", "wraps", "singledispatch", "singledispatchmethod"}
    | {"setter", "deleter", "f_globals", "gi_frame", "tb_frame", "modules", "get_type_hints", "fields"}
    | {"sys", "os", "builtins", "bltns", "inspect", "types", "decimal", "copyreg", "dispatch_table"}
)
#: What reads files. Of these, only those that were handed in with the module are held against earlier ones.
READERS: Final = frozenset(
    {"load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "recfromcsv", "recfromtxt", "imread", "read"}
    | {
        "loadmat",
        "whosmat",
        "mmread",
        "mminfo",
        "load_npz",
        "hb_read",
        "readsav",
        "loadarff",
        "read_text",
        "read_bytes",
    }
)
#: Of a reader: what would let it write to its file, or run what stands in that.
_MORE_THAN_READING: Final = frozenset({None, "mmap_mode", "allow_pickle"})
_FORMATS: Final = frozenset({"format", "format_map"})
#: A field that looks something up in what it shows; the point of `{:.3f}` comes after a colon.
_LOOKS_UP: Final = re.compile(r"\{[^{}:!]*[.\[]")


def is_special(name: str) -> bool:
    """Whether it looks names up, or is one of those that Python sets in every module."""
    return name in BUILTINS or (name.startswith("__") and name != "__name__")


def is_refused(word: str, *, of_library: bool) -> bool:
    """Whether it may not be imported; what begins with an underscore is kept for itself by a library alone."""
    return word in SETTING or (of_library and word.startswith("_"))


def formats_more(node: ast.Attribute) -> bool:
    """Whether it may format by a text that gets at attributes or items, such as ``"{0.__globals__}".format(f)``."""
    if node.attr not in _FORMATS:
        return False
    text = node.value.value if isinstance(node.value, ast.Constant) else None
    return not isinstance(text, str) or _LOOKS_UP.search(text) is not None


def readers_of(data: Collection[str], node: ast.AST) -> Iterator[ast.AST]:
    """What a call calls, if it reads one of these files and does no more than that."""
    match node:
        case ast.Call(func=called, args=[ast.Constant(value=str() as name)], keywords=keywords):
            if name in data and _MORE_THAN_READING.isdisjoint(keyword.arg for keyword in keywords):
                yield called
