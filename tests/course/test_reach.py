from textwrap import dedent

import pytest

from grader.course.reach import reached, swappable

MODULE = dedent(
    '''
    """Text."""
    from __future__ import annotations

    import math
    from functools import cache

    import numpy as np

    from grader.author import misconception

    RATE = 0.5
    KNOWN = {}
    OTHER = 3


    def alone(x):
        """Text."""
        return x  # a comment


    def helped(x, rate=RATE):
        return _helper(x) * rate


    def _helper(x):
        return math.sqrt(x)


    class Base:
        start = OTHER


    class Derived(Base):
        def step(self):
            return KNOWN


    def remember(x):
        KNOWN[x] = x


    @cache
    def cached(x):
        return x


    @misconception(of="alone", says="You add one.")
    def alone_plus_1(x):
        return x + _one()


    def _one():
        return 1


    if __name__ == "__main__":
        print(helped(3))
    '''
)
FIRST = "from __future__ import annotations\nimport numpy as np\n"


def part(*roots, source=MODULE):
    return reached(source, roots)


def test_a_function_is_reached_with_its_wrong_versions_and_what_these_need():
    found = part("alone")

    assert found.startswith(FIRST)
    assert [name for name in ("alone(x)", "alone_plus_1", "_one", "misconception") if name not in found] == []
    assert not any(name in found for name in ("helped", "math", "RATE", "Text", "comment", "print"))


def test_helpers_imports_and_default_values_are_reached():
    found = part("helped")

    assert all(text in found for text in ("def _helper", "import math", "RATE = 0.5"))
    assert not any(text in found for text in ("alone", "KNOWN", "class"))


def test_bases_and_what_changes_a_constant_in_place_are_reached():
    found = part("Derived")

    assert all(text in found for text in ("class Base", "OTHER = 3", "KNOWN = {}", "def remember"))


def test_comments_order_of_lines_and_docstrings_make_no_difference():
    other = (
        MODULE.replace("# a comment", "")
        .replace('"""Text."""\n    return', "return")
        .replace("RATE = 0.5", "\n\nRATE = (0.5)")
    )

    assert all(part(name) == part(name, source=other) for name in ("alone", "helped", "Derived"))


@pytest.mark.parametrize(
    "more",
    [
        "print(end='')",
        "TABLE = make()",
        "np.seterr(all='ignore')",
        "KNOWN['a'] = 1",
        "OTHER += 1",
        "@register\ndef f(): pass",
        "def f(x=make()): pass",
        "class C(metaclass=M): pass",
        "for i in range(3): pass",
    ],
)
def test_what_is_done_on_import_belongs_to_all(more):
    assert part("alone", source=f"{MODULE}\n{more}\n") != part("alone")


@pytest.mark.parametrize(
    "more",
    [
        "UNUSED = [1, 2.5, 'x']",
        "import os",
        "def unused(): print()",
        "WEIGHTS = np.array([1.0])",
        "'text'",
        "class C(Base): x = 1",
    ],
)
def test_what_only_binds_other_names_belongs_to_none(more):
    assert part("alone", source=f"{MODULE}\n{more}\n") == part("alone")


WRAPPER = dedent(
    """
    def law(check):
        'Text.'

        @wraps(check)
        def guarded(student, case):
            return check(student, case) or RATE

        return guarded
    """
)
LAW = "@law\ndef new_law(student, case): pass\n"


def test_a_decorator_that_only_wraps_belongs_to_what_it_decorates():
    source = f"{MODULE}{WRAPPER}{LAW}"

    assert part("alone", source=source) == part("alone")
    assert "def law" in part("new_law", source=source)
    assert "RATE" in part("new_law", source=source)


def test_what_is_only_called_like_one_is_none():
    source = f"import plugins\nfrom grader.author import law\n{MODULE}"
    assert part("alone", source=f"{source}@plugins.law\ndef new_law(student, case): pass\n") != part("alone")


def test_so_does_one_of_the_graders_own():
    source = f"from grader.author import law\n{MODULE}{LAW}"

    assert part("alone", source=source) == part("alone")
    assert "from grader.author import law" in part("new_law", source=source)


@pytest.mark.parametrize(
    "wrapper",
    [
        WRAPPER.replace("return guarded", "KNOWN[check] = 1\n    return guarded"),
        WRAPPER.replace("return guarded", "return check(guarded)"),
        WRAPPER.replace("(student, case):", "(student, case=register()):"),
        WRAPPER.replace("@wraps(check)", "@register"),
        WRAPPER.replace("def law(check)", "@register\ndef law(check)"),
        f"{WRAPPER}\nlaw = register\n",
        "from grader.author import law\nlaw = register\n",
        "from elsewhere import law\n",
        "import plugins\nfrom grader.author import law\nlaw = plugins.law\n",
        f"{WRAPPER}\nif OTHER:\n    def law(check): print()\n",
        "law = register\n",
    ],
)
def test_one_that_may_do_more_belongs_to_all(wrapper):
    assert part("alone", source=f"{MODULE}{wrapper}{LAW}") != part("alone", source=f"{MODULE}{wrapper}")


@pytest.mark.parametrize(
    "looking", ["globals()['a']", "eval('a')", "__import__('sys').modules", "Base.__subclasses__()", "open(__file__)"]
)
def test_of_a_module_that_looks_up_names_all_is_reached(looking):
    found = part("alone", source=MODULE.replace("return math.sqrt(x)", f"return {looking}"))

    assert "class Derived" in found


def test_what_was_used_on_import_is_not_swapped():
    found = swappable(f"{MODULE}\nTABLE = helped(2)\n")

    assert {"alone", "Derived", "remember", "cached"} <= found
    assert not {"helped", "_helper", "Base"} & found
    assert "helped" in swappable(MODULE)
