"""``grade keys``: what the hidden cases of a course are drawn from, and what seals them. It never shows a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.course import course_at, course_option
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.secret import CourseSecret


@click.group(invoke_without_command=True)
@course_option
@click.pass_context
def keys(context: click.Context, course: Path | None) -> None:
    """Say which secret a course's hidden cases are drawn from, and which keys seal, open and sign, by their ids."""
    if context.invoked_subcommand is not None:
        context.obj = course
        return
    from grader.bank.keyring import VARIABLE, key_file, keys_of
    from grader.course.environment import held
    from grader.course.secret import known_secret

    root = course_at(course).root
    click.echo(f"secret: {_described(known_secret(root))}")
    found = keys_of(root)
    source = VARIABLE if held(VARIABLE) is not None else key_file(root)
    for number, key in enumerate(found):
        click.echo(f"key {key.id} in {source}: {'opens' if number else 'seals and opens'}")
    if not found:
        click.echo("keys: none, and nothing needs one unless hidden cases are released sealed")
    _tell_signing_keys(root)


@keys.command("new")
@click.option("--sealing", is_flag=True, help="Make a key that seals and opens hidden cases, and goes before others.")
@click.option(
    "--signing",
    is_flag=True,
    help="Make a key that signs reports; signing-keys.txt gets its public part, by which `grade verify` knows them.",
)
@course_option
@click.pass_obj
def new_key(named: Path | None, sealing: bool, signing: bool, course: Path | None) -> None:
    """Make the secret that a course's hidden cases are drawn from, where it has none.

    The first build of a course makes it, too. It lies in .grader/secret of the course, which Git ignores, and is never
    replaced: with another one all hidden cases are others, and no earlier grading can be made again.
    """
    from grader.bank.keyring import add_key, key_file
    from grader.course.environment import held
    from grader.course.secret import VARIABLE, file_of, make

    root = course_at(course or named).root
    if sealing and signing:
        raise UsageError("--sealing and --signing make keys of their own: one at a time")
    if signing:
        _make_signing_key(root)
        return
    if sealing:
        key = add_key(root)
        click.echo(
            f"{key_file(root)}: made key {key.id}, which seals from now on; any earlier key still opens what it sealed"
        )
        return
    path = file_of(root)
    if path.exists():
        raise UsageError(
            f"{path} is there, and is kept: with another secret all hidden cases are others, and no grading so far can "
            "be made again; if that is what you want, move the file away first"
        )
    if (held(VARIABLE) or "").strip():
        raise UsageError(
            f"{VARIABLE} is set, and comes before a secret in {path}, which would not be used: unset it to make one"
        )
    made = make(root)
    click.echo(f"{made.source}: made the secret {made.fingerprint()}; keep it, and take it along to grade elsewhere")


def _tell_signing_keys(root: Path) -> None:
    """What signs reports, and what such reports are believed by."""
    from grader.bank.signing_keys import PUBLIC_FILE, known_signing_key, public_keys

    public, private = public_keys(root), known_signing_key(root)
    if private is not None:
        click.echo(f"signing key {private.id} in {private.source}: signs reports")
        if private.public not in public:
            click.echo(
                f"  its public part is not in {root / PUBLIC_FILE}: add the line {private.public.bits.hex()}, or what "
                "it signs cannot be verified"
            )
    for key in public:
        click.echo(f"public key {key.id} in {root / PUBLIC_FILE}: what was signed with it is believed")
    if private is None and not public:
        click.echo("signing keys: none, and nothing needs one unless reports are signed")


def _make_signing_key(root: Path) -> None:
    from grader.bank.signing_keys import PUBLIC_FILE, make_signing_key
    from grader.course.environment import SIGNING, held

    if (held(SIGNING) or "").strip():
        raise UsageError(f"{SIGNING} is set, and comes before a key in the course's own file: unset it to make one")
    made = make_signing_key(root)
    click.echo(f"{made.source}: made key {made.id}, which signs reports from now on: keep it from all who are graded")
    public = made.public.bits.hex()
    click.echo(f"{root / PUBLIC_FILE}: holds its public part {public}, by which reports are verified; commit it")


def _described(secret: CourseSecret | None) -> str:
    if secret is None:
        return "none so far; the first build makes one, and so does `grade keys new`"
    told = f"{secret.fingerprint()} from {secret.source}"
    return f"{told}, which is published: the hidden cases are no secret" if secret.published else told
