"""Rules over several values of an assignment: names, points, inputs against ``run``, worked figures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from grader.course.cuts import comment_behind
from grader.course.figures import check_figures
from grader.course.preload import check_preload
from grader.course.sampled import check_samples, check_tests
from grader.course.sizes import check_sizes
from grader.course.snippet import SnippetError, needed_names, parse_snippet
from grader.course.source_words import check_source
from grader.course.wording import listed, nearest, shortened, suggestion
from grader.records.assignment import DictOf, ListOf, Reals, SameAs, own_domain, parts_of, written_domain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.course.findings import DocumentFindings
    from grader.course.snippet import Snippet
    from grader.course.wording import Path
    from grader.records.assignment import AnyDomain, Assignment, Exercise, Tolerance


MOST_DEEP = 3  # dicts in one another


def check_assignment(assignment: Assignment, findings: DocumentFindings) -> None:
    """Note every mistake that a single value does not show."""
    _check_module(assignment.module, findings)
    check_preload(assignment.preload, findings)
    _check_stand_ins(assignment, findings)
    first: dict[str, int] = {}
    for index, exercise in enumerate(assignment.exercises):
        path: Path = ("exercises", index)
        if not findings.refused((*path, "id")) and first.setdefault(exercise.id, index) != index:
            findings.add(
                (*path, "id"),
                f"is used twice: the exercise at line {_line(first[exercise.id], findings)} is {exercise.id} as well",
            )
        for rule in _RULES:
            rule(exercise, path, findings)
    check_tests(assignment, findings)
    _check_follow_through(assignment, findings)
    check_source(assignment, findings)


def _line(index: int, findings: DocumentFindings) -> int:
    return findings.document.place(("exercises", index))[0]


def check_tolerance(tolerance: Tolerance, path: Path, findings: DocumentFindings) -> None:
    """A tolerance allows something."""
    inside = ((*path, "rtol"), (*path, "atol"))
    if tolerance.rtol == tolerance.atol == 0 and not findings.refused(path, *inside):
        findings.add(path, "must have rtol or atol above 0")


def _check_module(module: str, findings: DocumentFindings) -> None:
    name = module.removesuffix(".py").partition("/")[0]
    if not findings.refused(("module",)) and (name in sys.stdlib_module_names or name == "numpy"):
        findings.add(("module",), f"would hide the module {name} that Python code imports: choose another name")


def _check_stand_ins(assignment: Assignment, findings: DocumentFindings) -> None:
    """What does nothing is nothing that a submission computes with."""
    module = assignment.module.removesuffix(".py")
    for index, name in enumerate(assignment.stand_ins):
        root = name.partition(".")[0]
        if findings.refused(("stand_ins", index)):
            continue
        problem = ""
        if name == module:
            problem = "is the module that students hand in"
        elif root == "numpy" or root in sys.stdlib_module_names:
            problem = f"is a part of {'NumPy' if root == 'numpy' else 'Python'}, which student code computes with"
        elif root in {library.partition(".")[0] for library in assignment.preload}:
            problem = "is loaded by preload as well"
        if problem:
            findings.add(("stand_ins", index), f"{problem}: take {name} out")


def _check_names(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    for where in [(*path, kind, name) for kind in ("inputs", "outputs") for name in exercise.dims]:
        if findings.written(where):
            findings.add(where, "is also a dim, which run can use as it is: take it out, or rename one", key=True)
    calls_itself = not findings.written((*path, "run"))
    if calls_itself and exercise.id in exercise.inputs:
        message = "has the exercise's own id, so it hides the function that run calls: choose another name"
        findings.add((*path, "inputs", exercise.id), message, key=True)
    elif calls_itself and exercise.id in exercise.outputs and not findings.refused((*path, "id")):
        message = f"is also the output: run is {exercise.run} by default, so give it another, or write run"
        findings.add((*path, "id"), message)


def _check_domains(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    for name, domain in exercise.inputs.items():
        where = (*path, "inputs", name)
        for way, part in parts_of(domain):
            if isinstance(part, Reals):
                _check_reals(part, (*where, *way), findings)
            if isinstance(part, SameAs):
                _check_same_as(part, exercise, (*where, *way), findings)
        circles = [each for each in _named(name, domain) if each in _reached(each, exercise.inputs)]
        if circles:
            by_way_of = " and ".join(_targets(written_domain(exercise.inputs, circles[0])))
            findings.add(where, f"is the same as itself, by way of {by_way_of}")
        elif _depth(domain, exercise.inputs, MOST_DEEP + 1) > MOST_DEEP:
            findings.add(where, f"has dicts more than {MOST_DEEP} deep, one in the other")


def _check_reals(domain: Reals, path: Path, findings: DocumentFindings) -> None:
    if domain.range and not findings.refused((*path, "range")):
        low, high = domain.range
        if low > high:
            findings.add((*path, "range"), f"must not end below its start (got {low:g} to {high:g})")
        if findings.written((*path, "scale")):
            findings.add((*path, "scale"), "has no effect beside range: take one of the two out", key=True)


def _check_same_as(domain: SameAs, exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    spoilt = findings.refused((*path, "of"), (*path, "same_as"))
    if written_domain(exercise.inputs, domain.of) is None and not spoilt:
        known = [each for name, other in exercise.inputs.items() for each in _named(name, other)]
        hint = suggestion(domain.of, known) or f" (inputs here: {listed(known)})"
        findings.add(path, f"is the same as {domain.of}, which is no input{hint}")


def _named(name: str, domain: AnyDomain) -> Iterator[str]:
    """An input and its entries, by the names that ``same_as`` knows them by."""
    yield name
    if isinstance(domain, DictOf):
        for key, entry in domain.entries.items():
            yield from _named(f"{name}.{key}", entry)


def _depth(domain: AnyDomain, inputs: Mapping[str, AnyDomain], most: int) -> int:
    """How many dicts lie in one another, as far as ``most``, wherever ``same_as`` leads."""
    if most == 0:
        return 0
    match domain:
        case DictOf(entries=entries):
            return 1 + max(_depth(entry, inputs, most - 1) for entry in entries.values())
        case ListOf(of=item):
            return _depth(item, inputs, most)
        case SameAs(of=name) if (meant := own_domain(inputs, name)) is not None:
            return _depth(meant, inputs, most)
    return 0


def _targets(domain: AnyDomain | None) -> list[str]:
    return [part.of for _, part in parts_of(domain) if isinstance(part, SameAs)] if domain is not None else []


def _reached(name: str, inputs: Mapping[str, AnyDomain]) -> set[str]:
    """Inputs and entries that the domain of one depends on."""
    reached: set[str] = set()
    waiting = _targets(written_domain(inputs, name))
    while waiting:
        target = waiting.pop()
        if target not in reached:
            reached.add(target)
            waiting += _targets(written_domain(inputs, target))
    return reached


def _check_run(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    written = findings.written((*path, "run"))
    of_default = ((*path, "id"), (*path, "inputs"), *((*path, "inputs", name) for name in exercise.inputs))
    if findings.refused((*path, "run")) or (not written and findings.refused(*of_default)):
        return
    try:
        snippet = parse_snippet(exercise.run)
    except SnippetError as error:
        at = findings.document.place_in_text((*path, "run"), error.line, error.column)
        comment = comment_behind(findings.document, (*path, "run"))
        cut = f" (YAML takes {shortened(comment)} for a comment: write run as a block after |)" if comment else ""
        findings.add((*path, "run"), f"is no valid Python: {error}{cut}", at=at)
        return
    default = "" if written else f"; run is {exercise.run} by default"
    for name in exercise.outputs:
        if name not in snippet.left and not findings.refused((*path, "outputs")):
            hint = suggestion(name, snippet.left) or f" (run sets {listed(sorted(snippet.left))})"
            findings.add((*path, "outputs", name), f"is never set by run{hint}{default}", key=True)
    _check_use(exercise, path, snippet, findings)
    if written:
        _check_order(exercise, path, snippet, findings)


def _check_use(exercise: Exercise, path: Path, snippet: Snippet, findings: DocumentFindings) -> None:
    strangers = needed_names(exercise)
    for name in exercise.inputs:
        if name not in snippet.used:
            near = nearest(name, strangers)
            hint = f", did you mean it where run says `{near}`?" if near else ": use it there, or take it out"
            findings.add((*path, "inputs", name), f"is never used by run{hint}", key=True)


def _check_order(exercise: Exercise, path: Path, snippet: Snippet, findings: DocumentFindings) -> None:
    """A name that run reads from the module and sets: it works, and readers of a report take one for the other."""
    for name in sorted(needed_names(exercise) & snippet.borrowed.keys(), key=snippet.borrowed.__getitem__):
        it, what = (f"the output `{name}`", "the output") if name in exercise.outputs else ("it", "what it sets")
        message = f"takes `{name}` from the module, then sets {it}: name {what} otherwise, or set it before it is used"
        at = findings.document.place_in_text((*path, "run"), *snippet.borrowed[name])
        findings.doubt((*path, "run"), message, at)


def _parts_of(exercise: Exercise, path: Path) -> list[tuple[Path, float | None]]:
    """Where each part stands, and the points that it names."""
    parts: list[tuple[Path, float | None]] = [
        *(((*path, "outputs", name), output.points) for name, output in exercise.outputs.items()),
        *(((*path, "raises", index), check.points) for index, check in enumerate(exercise.raises)),
        *(((*path, "properties", index), law.points) for index, law in enumerate(exercise.properties)),
    ]
    if exercise.source is not None and exercise.source.points is not None:
        parts.append(((*path, "source"), exercise.source.points))
    return parts


def _check_points(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    parts = _parts_of(exercise, path)
    if any(findings.refused((*path, kind)) for kind in ("outputs", "raises", "properties", "source")):
        return
    if not parts:
        findings.add(path, "has nothing to grade: give it outputs, raises or properties")
        return
    if findings.refused((*path, "points"), *((*part, "points") for part, _ in parts)):
        return
    given = [points for _, points in parts if points is not None]
    # In hundredths, because points have two decimals and 0.1 + 0.2 is not 0.3.
    total, whole = sum(round(points * 100) for points in given), round(exercise.points * 100)
    if total > whole:
        findings.add(
            (*path, "points"), f"must be at least the sum of its parts' points, {total / 100:g} (got {whole / 100:g})"
        )
    elif total < whole and len(given) == len(parts):
        findings.add((*path, "points"), f"must be the sum of its parts' points, {total / 100:g} (got {whole / 100:g})")


def _check_follow_through(assignment: Assignment, findings: DocumentFindings) -> None:
    """An exercise follows functions that earlier ones run; itself it runs one only beside a function of its own."""
    earlier: set[str] = set()
    for index, exercise in enumerate(assignment.exercises):
        try:
            own = needed_names(exercise)
        except SnippetError:
            return  # and the mistake is noted
        for place, name in enumerate(exercise.follow_through):
            where: Path = ("exercises", index, "follow_through", place)
            if name in own and (name not in earlier or own <= earlier):
                findings.add(where, f"names {name}, which run uses itself: take it out")
            elif name not in earlier and not findings.refused(where):
                hint = suggestion(name, earlier) or f" (those run {listed(sorted(earlier))})"
                findings.add(where, f"names {name}, which no earlier exercise runs{hint}")
        earlier |= own


def _check_laws(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    first: dict[str, int] = {}
    for index, law in enumerate(exercise.properties):
        where = (*path, "properties", index, "check")
        if not findings.refused(where[:-1], where) and first.setdefault(law.check, index) != index:
            findings.add(where, f"is listed twice: properties[{first[law.check]}] is {law.check} as well")


_RULES = (
    _check_names,
    _check_domains,
    check_sizes,
    _check_run,
    check_samples,
    _check_points,
    check_figures,
    _check_laws,
)  # of an exercise
