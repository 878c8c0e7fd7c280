"""Words that a shell completes: commands, options, and the assignments of the course, wherever a command takes one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from grader.cli.call import grade as command_line
from grader.cli.course import assignments_here

TINY = Path(__file__).parent / "courses" / "tiny"
BRIEF = TINY.with_name("brief")
GRADE = Path(sys.executable).with_name("grade")

if not GRADE.exists():
    pytest.skip("grade is not installed beside this Python", allow_module_level=True)


def completing(*command, cwd=TINY, **asked):
    path = f"{GRADE.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    return subprocess.run(
        command or [str(GRADE)],
        cwd=cwd,
        env={**environment, "PATH": path, **asked},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def words_for(*typed, **more):
    """What bash is offered for the last of the words."""
    asked = {"_GRADE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(typed), "COMP_CWORD": str(len(typed) - 1)}
    return completing(**asked, **more).stdout.splitlines()


def test_assignments_are_completed_where_a_command_takes_one():
    assert words_for("grade", "ti") == ["plain,tiny"]
    assert words_for("grade", "sta") == ["plain,start"]
    assert words_for("grade", "audit", "") == ["plain,tiny"]
    assert words_for("grade", "start", "--course", str(BRIEF), "b") == ["plain,brief"]
    assert words_for("grade", "--course", str(BRIEF), "") == ["plain,brief"]
    assert words_for("grade", "cases", "", cwd="/", GRADER_COURSE=str(BRIEF)) == ["plain,brief"]
    assert words_for("grade", "", cwd="/", GRADER_COURSE=str(BRIEF))[0] == "plain,brief"
    assert words_for("grade", "check", "tiny", "t") == ["plain,tiny"]
    assert words_for("grade", "clas", "y") == ["file,y"], "what is misspelt is said when it is run"


def test_every_command_that_takes_an_assignment_completes_it():
    made_by = {"new"}  # takes the name of one that is not there
    context = click.Context(command_line)
    for name in command_line.list_commands(context):
        command = command_line.get_command(context, name)
        assert command.name == name
        for parameter in command.params:
            takes_one = isinstance(parameter, click.Argument) and parameter.name in ("assignment", "assignments")
            if takes_one and name not in made_by:
                assert parameter._custom_shell_complete is assignments_here, name  # whose results are wrapped


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_in_bash():
    script = """
        eval "$(_GRADE_COMPLETE=bash_source grade)"
        COMP_WORDS=(grade audit t) COMP_CWORD=2
        _grade_completion grade t audit
        echo "${COMPREPLY[@]}"
    """
    ran = completing("bash", "-c", script)
    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", "tiny\n")


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
def test_in_zsh():
    """By the words that its function would add: to press a key needs a terminal."""
    script = """
        compdef() { :; }
        compadd() { print -l -- "$@"; }
        eval "$(_GRADE_COMPLETE=zsh_source grade)"
        compadd() { print -l -- "${completions[@]}"; }
        words=(grade audit t) CURRENT=3
        _grade_completion
    """
    ran = completing("zsh", "-f", "-c", script)
    assert (ran.returncode, ran.stderr, ran.stdout.split()) == (0, "", ["tiny"])


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
def test_in_fish():
    script = "_GRADE_COMPLETE=fish_source grade | source; complete -C 'grade audit t'"
    ran = completing("fish", "--no-config", "-c", script)
    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", "tiny\n")


POWERSHELL = "$env:_GRADE_COMPLETE = 'powershell_source'; grade | Out-String | Invoke-Expression"


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="no PowerShell")
def test_in_powershell():
    line = "grade audit t"
    asked = f"(TabExpansion2 '{line}' {len(line)}).CompletionMatches.CompletionText"
    ran = completing("pwsh", "-NoProfile", "-Command", f"{POWERSHELL}; Remove-Item Env:_GRADE_COMPLETE; {asked}")
    assert (ran.returncode, ran.stderr, ran.stdout.split()) == (0, "", ["tiny"])


def test_what_powershell_is_answered():
    """A word a line, with what is said of it; nothing for paths, which it completes itself."""
    asked = {"_GRADE_COMPLETE": "powershell_complete", "COMP_WORDS": "grade\naudit"}
    assert completing(**asked, COMP_CWORD="t").stdout == "tiny\ttiny\n"
    assert completing(**asked, COMP_CWORD="--js").stdout.startswith("--json\tPrint")
    assert completing(**{**asked, "COMP_WORDS": "grade\ntiny"}, COMP_CWORD="x").stdout.strip() == ""
    source = completing(_GRADE_COMPLETE="powershell_source").stdout
    assert source.startswith("Register-ArgumentCompleter -Native -CommandName grade -ScriptBlock {")
    assert source.count("{") == source.count("}")
    assert "$env:_GRADE_COMPLETE = 'powershell_complete'" in source


def test_the_lines_that_are_documented_are_those_that_are_tested():
    page = (Path(__file__).parents[1] / "docs" / "students.md").read_text(encoding="utf-8").replace(r"\|", "|")
    for line in ("_GRADE_COMPLETE=bash_source grade", "_GRADE_COMPLETE=zsh_source grade"):
        assert f'eval "$({line})"' in page
    assert "_GRADE_COMPLETE=fish_source grade | source" in page
    assert POWERSHELL in page
