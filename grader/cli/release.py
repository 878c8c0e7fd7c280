"""``grade release``: the folder that students get, to practise in where nothing of the course can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.check import say_stale
from grader.cli.course import assignments_here, course_at, course_option, say_if_published
from grader.cli.output import building
from grader.cli.paths import NewFolder, UnusedFile
from grader.cli.wheelhouse import wheelhouse_options
from grader.files import write_private, write_whole
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.cli.wheelhouse import Rooms
    from grader.course.find import AssignmentFiles


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.option("-o", "--output", "folder", type=NewFolder(), help="The folder to make.")
@click.option("--sealed", is_flag=True, help="Put the hidden cases beside it, sealed with a key of `grade keys`.")
@click.option("--ci", "for_ci", is_flag=True, help="Instead, put the whole case bank into the course, sealed, for CI.")
@click.option("--gradescope", type=UnusedFile(), help="Instead, make this zip archive, an autograder for Gradescope.")
@wheelhouse_options
@course_option
def release(
    assignment: str,
    folder: Path | None,
    sealed: bool,
    for_ci: bool,
    gradescope: Path | None,
    rooms: Rooms,
    course: Path | None,
) -> None:
    """Make the folder that students work in: template, handout with its figures, and a bundle of public cases.

    There, `grade` alone grades without the course: the same verdicts on public cases, and the same words on mistakes.
    The bundle holds no reference, no hidden case and no text of a wrong version. It is searched for these before
    anything is written.

    With --ci it makes bank.sealed beside the assignment file: where GRADER_KEY opens it, no cases have to be made. With
    --gradescope it makes an archive that holds reference and hidden cases: upload it, and give it to nobody.
    """
    files = course_at(course).assignment(assignment)
    alone = [name for name, asked in (("--ci", for_ci), ("--gradescope", gradescope)) if asked]
    if alone and (len(alone) > 1 or folder is not None or sealed or rooms.systems):
        raise UsageError(f"{alone[0]} makes one file, and nothing else: leave out the other options")
    if for_ci:
        _seal_for_ci(files)
    elif gradescope is not None:
        _make_autograder(files, gradescope)
    elif folder is None:
        raise UsageError("name the folder to make: -o FOLDER")
    else:
        _make_folder(files, folder, rooms, sealed=sealed)


def _make_folder(files: AssignmentFiles, folder: Path, rooms: Rooms, *, sealed: bool) -> None:
    """Make the folder that students work in."""
    from grader.bank import compiled
    from grader.bank.build import bank_for
    from grader.bank.keyring import first_key
    from grader.bank.reference import Reference
    from grader.bank.sealed import check_can_seal
    from grader.classroom.release import check_handout, check_target, readable_laws, release_of, write
    from grader.report.words.release import released
    from grader.sandbox.open import open_pool

    check_target(folder, files)
    assigned = compiled.assignment_of(files, files.sources())
    readable_laws(files, assigned)  # before cases are made
    check_handout(files)
    say_stale(files, assigned)
    if sealed:
        _refuse_published(files.root)
    key = first_key(files.root) if sealed else None
    if key is not None:
        check_can_seal(key)
    with open_pool() as pool:
        with building(files.name) as progress:
            bank = bank_for(files, pool, progress, whole=True)
        with Reference(files, pool, bank.assignment.preload) as reference:
            made = release_of(files, bank, reference, key)
    rooms.fetch(folder)  # before, so that it can be tried again where the network fails
    write(made, folder)
    say_if_published(files.root)
    sizes = {name: len(data) for name, data in made.files.items()}
    for line in released(str(folder), sizes, made.laws, made.helpers, sealed_with="" if key is None else key.id):
        click.echo(line)


def _make_autograder(files: AssignmentFiles, path: Path) -> None:
    """Make the archive that is uploaded to Gradescope."""
    from grader.bank import compiled
    from grader.bank.build import frozen_bank
    from grader.classroom.gradescope import autograder
    from grader.course.secret import secret_of
    from grader.report.words.release import autograder_made
    from grader.sandbox.open import open_pool

    with open_pool() as pool, building(files.name) as progress:
        frozen = frozen_bank(files, pool, progress)
    preload = compiled.assignment_of(files, files.sources()).preload
    data = autograder(files, frozen, secret_of(files.root), preload)
    write_private(path, data)
    for line in autograder_made(str(path), len(data)):
        click.echo(line)


def _seal_for_ci(files: AssignmentFiles) -> None:
    """Put the whole case bank beside the assignment file, sealed."""
    from grader.bank import compiled
    from grader.bank.build import frozen_bank
    from grader.bank.keyring import first_key
    from grader.bank.sealed import check_can_seal
    from grader.bank.shipped import sealed_file
    from grader.course.secret import secret_of
    from grader.report.words.release import sealed_for_ci
    from grader.sandbox.open import open_pool

    _refuse_published(files.root)
    key = first_key(files.root)
    check_can_seal(key)
    draw = compiled.assignment_of(files, files.sources()).draw
    with open_pool() as pool, building(files.name) as progress:
        data = sealed_file(files, frozen_bank(files, pool, progress), secret_of(files.root), key, draw)
    write_whole(files.sealed, data)
    for line in sealed_for_ci(str(files.sealed), len(data), key.id):
        click.echo(line)


def _refuse_published(root: Path) -> None:
    """Raise UsageError where everybody can draw what would be sealed."""
    from grader.course.secret import known_secret

    secret = known_secret(root)
    if secret is not None and secret.published:
        raise UsageError(
            f"sealing would hide nothing: hidden cases of this course can be drawn by everybody from {secret.source}; "
            "run `grade keys new` first, or leave --sealed and --ci out"
        )
