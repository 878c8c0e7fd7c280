"""Examples as files that run: each prints what the student's code gives, and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge.code import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.report import ExerciseResult
    from grader.records.verdict import Counterexample


def saved_examples(results: Sequence[ExerciseResult], module: str) -> dict[str, str]:
    """The files by their names. No name is that of a module which the code in it imports."""
    return {
        f"example_{result.id}{'_hidden' if found.hidden else ''}.py": _text(result.id, found, module)
        for result in results
        for found in result.counterexamples
    }


def _text(exercise: str, found: Counterexample, module: str) -> str:
    head = [
        f"# An input on which {exercise} is wrong. Start it in the folder of {module}.",
        "import sys",
        "",
        'sys.path.append(".")',
        "",
    ]
    return "\n".join([*head, found.code.strip("\n"), *_expected(found)]) + "\n"


def _expected(found: Counterexample) -> Iterator[str]:
    """What it prints below the outputs: what is expected of those that are wrong."""
    for output in found.outputs:
        if output.deviation is not None:
            yield f'print("{output.name} expected:")'
            yield f"print({literal(output.expected, len('print('))})"
