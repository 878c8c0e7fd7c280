"""The shell in which a command was typed, and lines that it reads."""

from __future__ import annotations

import os
import re
import shlex
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_PARENTS = 8  # processes above this one that are asked for their names: a launcher or two, then the shell


class ShellFamily(Enum):
    """A family of shells that quote alike."""

    POSIX = ("sh", "bash", "dash", "zsh", "ksh", "fish")
    POWERSHELL = ("pwsh", "powershell")
    CMD = ("cmd",)


def shell_in_use() -> ShellFamily:
    """The nearest shell among the processes that this one was started by; where there is none, the system's usual one.

    Variables of the environment tell less: Windows sets PowerShell's everywhere, and bash on Windows inherits cmd's.
    """
    from grader.sandbox.portable.ancestors import programs_above  # psutil takes 10 ms

    families = {name: shell for shell in ShellFamily for name in shell.value}
    for name in programs_above(MOST_PARENTS):
        if found := families.get(name.lower().removesuffix(".exe").lstrip("-")):  # ``-bash`` is the shell of a login
            return found
    return ShellFamily.CMD if os.name == "nt" else ShellFamily.POSIX


def changes_to(shell: ShellFamily, folder: Path) -> str:
    """The line that changes to a folder."""
    match shell:
        case ShellFamily.CMD:  # without /d it stays on its drive
            return f"cd /d {_quoted(shell, str(folder))}" if folder.drive else f"cd {_quoted(shell, str(folder))}"
        case ShellFamily.POWERSHELL if any(each in str(folder) for each in "[]*?"):  # would be a pattern
            return f"cd -LiteralPath {_quoted(shell, str(folder))}"
    return f"cd {_quoted(shell, str(folder))}"


def calls(shell: ShellFamily, program: str, arguments: str) -> str:
    """The line that runs a program with arguments that need no quotes."""
    quoted = _quoted(shell, program)
    start = "& " if shell is ShellFamily.POWERSHELL and quoted != program else ""  # else it would be shown as a text
    return f"{start}{quoted} {arguments}"


def _quoted(shell: ShellFamily, word: str) -> str:
    match shell:
        case ShellFamily.POSIX:
            return shlex.quote(word)
        case ShellFamily.POWERSHELL:
            plain = all(each.isalnum() or each in "_-./\\:" for each in word)
            return (
                word if plain else "'" + re.sub("(['\u2018-\u201b])", r"\1\1", word) + "'"
            )  # it takes all of these for quotes
        case ShellFamily.CMD:
            plain = all(each.isalnum() or each in "_-.\\:" for each in word)
            return word if plain else f'"{word}"'
