"""Words that rules on the source may use: ``source: {forbid: [...], require: [...]}``.

Kinds of code::

    for  while  if  match  try  with  assert  raise  return  yield  del  global  nonlocal  import  def  class  lambda
    comprehension   [...] {...} (...) with ``for`` in them; ``for`` itself means the statement
    conditional     a if b else c
    recursion       a function that calls itself, by way of others too
    @  **  //  %    operators, also before =

Names::

    sorted, sum, print, ...       what Python has without an import
    np.linalg.inv, math.prod      a function of NumPy (np or numpy), of Python's library, or of what preload names
    np.linalg                     all that is in it
    .sort, .dot, .T               whatever is reached by that name after a dot, but for what a module holds
    rnn_step                      a function that an exercise of the same assignment asks for
"""

from __future__ import annotations

import ast
import builtins
import sys
from typing import TYPE_CHECKING, Final

from grader.course.snippet import SnippetError, asked_names
from grader.course.wording import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection

    from grader.course.findings import DocumentFindings
    from grader.course.wording import Path
    from grader.records.assignment import Assignment

#: Kinds of code by the nodes that they are.
CONSTRUCTS: Final[dict[str, tuple[type[ast.AST], ...]]] = {
    "for": (ast.For, ast.AsyncFor),
    "while": (ast.While,),
    "if": (ast.If,),
    "match": (ast.Match,),
    "try": (ast.Try, ast.TryStar),
    "with": (ast.With, ast.AsyncWith),
    "assert": (ast.Assert,),
    "raise": (ast.Raise,),
    "return": (ast.Return,),
    "yield": (ast.Yield, ast.YieldFrom),
    "del": (ast.Delete,),
    "global": (ast.Global,),
    "nonlocal": (ast.Nonlocal,),
    "import": (ast.Import, ast.ImportFrom),
    "def": (ast.FunctionDef, ast.AsyncFunctionDef),
    "class": (ast.ClassDef,),
    "lambda": (ast.Lambda,),
    "comprehension": (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "conditional": (ast.IfExp,),
    "@": (ast.MatMult,),
    "**": (ast.Pow,),
    "//": (ast.FloorDiv,),
    "%": (ast.Mod,),
}
RECURSION: Final = "recursion"
BUILTINS: Final = frozenset(name for name in vars(builtins) if not name.startswith("_"))


def canonical(word: str) -> str:
    """A name as it is looked for: ``numpy.linalg.inv``, ``builtins.sorted``, ``:rnn_step``; other words as they are."""
    if word in CONSTRUCTS or word == RECURSION or word.startswith("."):
        return word
    if word in BUILTINS:
        return f"builtins.{word}"
    root, dot, rest = word.partition(".")
    if root in ("np", "numpy"):
        return f"numpy{dot}{rest}"
    return word if dot or root in sys.stdlib_module_names else f":{word}"


def check_source(assignment: Assignment, findings: DocumentFindings) -> None:
    """Note every word that means nothing, and rules that ask for nothing."""
    try:
        asked = asked_names(assignment)
    except SnippetError:
        return  # and the mistake is noted
    for index, exercise in enumerate(assignment.exercises):
        rules, path = exercise.source, ("exercises", index, "source")
        if rules is None or findings.refused(path):
            continue
        if not (rules.forbid or rules.require or rules.at_most.lines):
            findings.add(path, "asks for nothing: give it forbid, require or at_most")
        for kind, words in (("forbid", rules.forbid), ("require", rules.require)):
            for place, word in enumerate(words):
                _check_word(word, (*path, kind, place), (assignment.preload, asked), findings)
        for place, word in enumerate(rules.require):
            if word in rules.forbid:
                findings.add((*path, "require", place), f"is {word}, which forbid names as well: take one of them out")


def is_in(found: str, name: str) -> bool:
    """Whether what a name stands for is this, or something in it."""
    return found == name or found.startswith(f"{name}.")


def _check_word(
    word: str, path: Path, known: tuple[Collection[str], Collection[str]], findings: DocumentFindings
) -> None:
    preload, asked = known
    if findings.refused(path) or canonical(word).startswith((".", "builtins.")):
        return
    if word in CONSTRUCTS or word == RECURSION or word in asked:
        return
    root, dot, rest = word.partition(".")
    if root in ("np", "numpy"):
        _check_numpy(word, rest, path, findings)
    elif root not in sys.stdlib_module_names and root not in {name.partition(".")[0] for name in preload}:
        if dot:
            findings.add(path, f"names {word}, and {root} is no module that student code may import: see preload")
            return
        near = suggestion(word, [*CONSTRUCTS, RECURSION, *BUILTINS, *asked])
        hint = (
            near or ": write a kind of code (for, comprehension), a name of Python's (sorted), np.linalg.inv or .sort"
        )
        findings.add(path, f"is {word}, which means nothing here{hint}")


def _check_numpy(word: str, rest: str, path: Path, findings: DocumentFindings) -> None:
    import numpy as np  # seldom needed where an assignment is read

    holder: object = np
    for name in filter(None, rest.split(".")):
        if not hasattr(holder, name):
            findings.add(path, f"names {word}, which NumPy does not have{suggestion(name, dir(holder))}")
            return
        holder = getattr(holder, name)
