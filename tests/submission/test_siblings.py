"""The search for imports."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submission.siblings import imported_files

FILES = {"gates.py", "cells/__init__.py", "cells/lstm.py", "cells/deep/__init__.py", "space/inner.py", "été.py"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import gates", ["gates.py"]),
        ("import numpy as np, gates as g", ["gates.py"]),
        ("    from gates import sigmoid", ["gates.py"]),
        ("x = 1; import gates", ["gates.py"]),
        ("try: import gates\nexcept ImportError: pass", ["gates.py"]),
        ("import cells.lstm", ["cells/__init__.py", "cells/lstm.py"]),
        ("import cells.lstm as l", ["cells/__init__.py", "cells/lstm.py"]),
        ("from cells import lstm", ["cells/__init__.py", "cells/lstm.py"]),
        (
            "from cells import (  # :)\n    deep,\n    lstm as l,\n)",
            ["cells/__init__.py", "cells/deep/__init__.py", "cells/lstm.py"],
        ),
        ("from cells import deep, \\\n    lstm", ["cells/__init__.py", "cells/deep/__init__.py", "cells/lstm.py"]),
        ("from cells import *", ["cells/__init__.py"]),
        ("from space import inner", ["space/inner.py"]),
        ("from . import gates", ["gates.py"]),
        ("from .import gates", ["gates.py"]),
        ("from .gates import sigmoid", ["gates.py"]),
        ("from .. import gates", []),
        ("import été", ["été.py"]),
        ("import numpy", []),
        ("# import gates", []),
        ("important = gates", []),
        ("from importgates import x", []),
        ("import ../gates, /gates", []),
        ("def f(:\n  import gates", ["gates.py"]),
    ],
)
def test_what_is_imported(text: str, found: list[str]) -> None:
    assert list(imported_files("memory.py", text, FILES.__contains__)) == found


def test_relative_imports_count_from_the_importers_package() -> None:
    assert imported_files("cells/lstm.py", "from . import deep", FILES.__contains__) == (
        "cells/__init__.py",
        "cells/deep/__init__.py",
    )
    assert imported_files("cells/lstm.py", "from ..gates import x", FILES.__contains__) == ("gates.py",)
    assert imported_files("cells/lstm.py", "from .gates import x", FILES.__contains__) == ("cells/__init__.py",)


@settings(deadline=None)
@given(st.text(), st.lists(st.sampled_from(["import ", "from ", ".", "(", ",", "gates", "..", "/", "\\\n", "\n", "#"])))
def test_only_files_that_exist_are_found_and_none_outside(text: str, pieces: list[str]) -> None:
    asked: set[str] = set()

    def is_file(name: str) -> bool:
        asked.add(name)
        return name in FILES

    assert set(imported_files("memory.py", "".join(pieces) + text, is_file)) <= FILES
    assert not any(".." in name or name.startswith("/") for name in asked)


@pytest.mark.parametrize(
    "piece", ["from a import (", "from ....", "import a,", "#", "from a import \\\n", ";;::", "import a."]
)
def test_hostile_source_takes_no_quadratic_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert imported_files("memory.py", text, lambda name: False) == ()
