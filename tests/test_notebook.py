"""``grader.check`` at Python's own prompt, and in a notebook as far as IPython's part in it can be played."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from grader.report.card import Card
from tests.practised import work  # noqa: F401 - a fixture

RIGHT = """
import grader
import numpy as np
def total(x):
    return x.sum()

def weighted(x, w):
    return np.dot(x, w), np.abs(w).sum()

"""

TRIED = """
grader.check("total")
print("====")
def weighted(x, w):
    print("adding")
    x[:] = 0
    return np.dot(x, w), abs(w).sum() + 1

x, s, before = "mine", "mine too", np.random.get_state()[1].tolist()
grader.check(weighted)
print("====")
x, s, before == np.random.get_state()[1].tolist(), "n" in globals()
print("====")
grader.check()
print("====")
card = grader.check("weighted")
card.right, grader.check("total").right
"""


@pytest.fixture
def prompt(work, environment):  # noqa: F811
    """``prompt(lines)``: what Python's prompt prints where somebody types them in the folder of the work."""

    def prompt(lines: str, **more: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-P", "-i", "-q"],
            input=dedent(lines),
            cwd=work,
            env={**environment, **more},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert ran.returncode == 0, ran.stderr
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran.stdout

    return prompt


def cards(printed: str) -> list[str]:
    """What was printed between lines of ====."""
    return [part.strip("\n") for part in printed.split("====\n")]


# ── what a card says ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_function_is_held_against_the_public_cases_as_it_stands(prompt, work):  # noqa: F811
    (work / "sums.py").write_text(RIGHT.replace("import grader", ""))
    said = prompt(RIGHT + TRIED)
    right, wrong, kept, both, facts = cards(said)
    assert right.splitlines()[:2] == ["✓  total  total", "   Right on all 4 public cases."]
    assert right.endswith("Public cases only: this is practice and makes no marks.")
    assert wrong.startswith("✗  weighted  weighted\n   Check `s`: it has wrong values.\n   ✗ `s`  ")
    assert "\n   ✗ `n`  0 of 4\n" in wrong
    assert "\ns, n = weighted(x, w)\nprint(s)\n" in wrong
    assert "import weighted" not in wrong  # it stands in the namespace already
    assert "Printed:\n     adding" in wrong
    assert "Changes its input `x` in place." in wrong
    assert (
        "saved `sums.py`, run from the top, does not give this: of `weighted` `grade` would say “Right"
        in wrong.replace("\n  ", "")
    )
    assert "/ 3" not in wrong
    assert kept == "('mine', 'mine too', True, False)"
    assert both.count("   Right on all 4") == 1
    assert both.count("✗  weighted  weighted") == 1
    assert both.count("practice") == 1
    assert facts == "(False, True)"


def test_what_stops_is_told_with_the_users_own_lines(prompt):
    first, second, third, fourth, fifth, sixth = cards(
        prompt(
            """
            import grader
            grader.check()
            print("====")
            grader.check("totl")
            print("====")
            grader.check("total")
            print("====")
            exec(compile('def deeper(x):\\n    raise ValueError("<script>alert(1)</script>")', "<cell>", "exec"))
            def total(x):
                return deeper(x)

            grader.check(total)
            print("====")
            print(grader.check(total)._repr_html_())
            print("====")
            grader.check(3)
            """
        )
    )
    assert first == "none of the 2 exercises of sums is defined here yet: run the cell that does so"
    assert second == "there is no exercise 'totl': is total meant?"
    assert third.startswith("✗  total  total\n   Define `total` here.")
    assert "`total` stops in `deeper`, line 2 of <cell>, with ValueError." in fourth
    assert "ValueError: <script>alert(1)</script>" in fourth
    assert "namespace.py" not in fourth
    assert "ValueError: &lt;script&gt;" in fifth
    assert "<script" not in fifth
    assert sixth == 'name an exercise or a function: grader.check("rnn_step")'


def test_ctrl_c_ends_the_check_and_nothing_else(prompt, interruptible):
    first, second = cards(
        prompt(
            """
            import grader, signal, sys
            streams = sys.stdout, sys.stderr
            def total(x):
                print("on and on")
                while True:
                    signal.raise_signal(signal.SIGINT)

            grader.check(total)
            print("====")
            (sys.stdout, sys.stderr) == streams, input.__module__
            """
        )
    )
    assert first.startswith("Interrupted. Nothing was found out.\n")
    assert "in total" in first
    assert "on and on" not in first
    assert second == "(True, 'builtins')"


def test_an_exercises_seconds_end_between_two_cases(prompt):
    said = prompt(
        """
        import grader, time
        def total(x):
            began = time.process_time()
            while time.process_time() < began + 0.6:
                pass
            return x.sum()

        grader.check(total)
        """
    )
    assert "`total` does not finish: it was stopped after 1 s of computing." in said
    assert "of computing; `grade` stops one after 0.5 s." in said


# ── what it leaves alone ──────────────────────────────────────────────────────────────────────────────────────────


def test_hidden_cases_are_not_even_read(prompt, tmp_path):
    """And cases that are missing are made in another process."""
    own = {"GRADER_CACHE": str(tmp_path / "own cache"), "GRADER_COURSE": str(tmp_path / "course")}
    printed = prompt(RIGHT + "grader.check('total')\nprint('====')\nimport sys\n'hypothesis' in sys.modules\n", **own)
    card, drawn = cards(printed)
    assert "Right on all 4 public cases." in card
    assert drawn == "False"
    hidden = list((tmp_path / "own cache").rglob("hidden.msgpack"))
    assert len(hidden) == 2
    for file in hidden:
        file.unlink()
    again = prompt(RIGHT + "grader.check('total')", **own)
    assert "Right on all 4 public cases." in again


def test_the_courses_secret_is_given_to_the_build_alone(prompt, tmp_path):
    own = {"GRADER_CACHE": str(tmp_path / "own cache"), "GRADER_COURSE": str(tmp_path / "course")}
    check = (
        RIGHT + "grader.check('total')\nprint('====')\nimport os\n[name for name in os.environ if '_SECRET' in name]\n"
    )
    card, left = cards(prompt(check, **own))
    assert "Right on all 4 public cases." in card
    assert left == "[]"
    secret = tmp_path / "course" / ".grader" / "secret"
    assert not secret.parent.exists(), "the build was given the variable"
    secret.parent.mkdir()
    secret.write_text("no secret that anybody could read")
    card, left = cards(prompt(check, **own, GRADER_SECRET=""))
    assert "Right on all 4 public cases." in card, "which were found without it"
    reference = tmp_path / "course" / "reference" / "sums.py"
    reference.write_text(f"{reference.read_text()}# other files\n")
    card, left = cards(prompt(check, **own, GRADER_SECRET=""))
    assert "copy the course's secret anew" in " ".join(card.split()), "the build does read it"


def test_grader_itself_is_light(environment):
    script = "import sys; before = set(sys.modules); import grader; print(sorted(set(sys.modules) - before))"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert ran.stdout == "['__future__', 'grader']\n"


@pytest.mark.parametrize("level", ["5", "1"])
def test_a_check_that_is_left_in_a_hand_in_does_nothing(level, work, grade):  # noqa: F811
    left = "\ncard = grader.check('total')\nassert card.right\nfrom grader import check\ncheck(total)\n"
    (work / "sums.py").write_text(RIGHT + left)
    ran = grade("--brief", "--highest-level", level, "--allow-weak-isolation", cwd=work)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "5 / 5" in ran.stdout
    assert "Remark" not in ran.stdout


# ── in a notebook ─────────────────────────────────────────────────────────────────────────────────────────────────

#: As much of IPython as a card asks: the cells that were run, and the names of their files.
IPYTHON = """
import linecache, sys, types
shell = types.SimpleNamespace()
def format_code_name(name):
    return ("Cell", f"In[{name[-4]}]") if name.startswith("/tmp/ipykernel_1/") else None

shell.compile = types.SimpleNamespace(format_code_name=format_code_name)
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
In = [""]
def run_cell(text):
    name = f"/tmp/ipykernel_1/{len(In)}.py"
    In.append(text)
    linecache.cache[name] = len(text), None, text.splitlines(True), name
    exec(compile(text, name, "exec"), globals())

"""


def test_a_notebooks_cells_are_named_and_read(prompt, work):  # noqa: F811
    said = prompt(
        IPYTHON
        + """
run_cell("import grader, numpy as np")
run_cell("def total(x):\\n    return add_up(x)")
run_cell("def add_up(x):\\n    s = 0.0\\n    for each in x:\\n        s += each\\n    return s")
grader.check("total")
print("====")
run_cell("def add_up(x):\\n    return x / 0 @ np.ones(7)")
grader.check("total")
"""
    )
    loop, error = cards(said)
    assert "`total` uses `for` in cell 3, line 3, which is not allowed here." in loop
    assert "Why: NumPy adds without a loop." in loop
    assert "Not done yet" in loop  # what is saved is still the template
    assert "`total` stops in `add_up`, cell 4, line 2, with ValueError." in error
    assert "Cell 2, line 2, in total\n     return add_up(x)\n" in error


def test_a_prompt_shows_no_text_to_hold_rules_against(prompt):
    assert "How it is written could not be looked at here; `grade` does." in prompt(RIGHT + "grader.check('total')")


def test_a_card_without_anything_is_none_to_be_right():
    assert not Card(problem="there is nothing").right
