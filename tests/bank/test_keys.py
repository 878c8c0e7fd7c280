"""What decides the cases of an exercise is the same whichever Python reads it: banks that come along fit on all."""

from __future__ import annotations

import ast
import hashlib

from grader.bank.keys import _in_one_form

#: Whatever one Python writes otherwise than another, or has a field for that another has not.
SOURCE = '''
"""Text."""
from dataclasses import dataclass
import numpy as np

@dataclass(frozen=True)
class Loss(Base, metaclass=type):
    steps: int = 0
    x: "list[float] | None" = None

    def said(self, case, /, *rest, key: str = 'ä"', **more) -> str:
        global total
        shown = f"after {case['steps']!r:>{self.width}} steps, {', '.join(rest)} \\N{BULLET} " "and" u'more'
        total = lambda a, *, b=(1, ..., 1j, 1e400, -0.5, None, True, b'\\xff'): {**more, a: [*rest]}
        with open("a") as one, open("b"):
            while (found := next(rest, None)) is not None:
                del found
        try:
            return shown if 0 < total <= 2 else not shown[1:2, ::3]
        except* (ValueError, KeyError) as error:
            raise RuntimeError from error
        finally:
            assert all(x async for x in y if x @ np.pi), 'no'

async def f():
    match await g():
        case {"a": [1, *_], **rest} | Loss(steps=2) if rest:
            yield
        case None | -1 | "x" as other:
            pass
'''


def test_one_form_is_the_same_for_every_python():
    form = _in_one_form(ast.parse(SOURCE))
    assert hashlib.sha256(form.encode("ascii")).hexdigest() == (
        "d39c28c31c5b65089769ed3620026449181c11074f090d5afc1a23b84f356d0c"
    )


def test_quotes_within_quotes_are_the_same_whichever_are_used():
    one, other = (_in_one_form(ast.parse(text)) for text in ("""f"{d['a']}" 'b'""", """f'{d["a"]}b'  # so"""))
    assert one == other
    assert one != _in_one_form(ast.parse("""f"{d['A']}b\""""))
