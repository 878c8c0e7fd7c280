"""Inputs that several exercises take from the section ``shared``: ``inputs: {use: lstm_weights, x: {shape: [D, 1]}}``.

They are put where ``use`` stands, before anything is read as an input. A mistake in one has the place where it is
written, once, whatever number of exercises use it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.course.findings import DocumentFindings
from grader.course.positions import MAX_NODES
from grader.course.wording import listed, nearest, suggestion
from grader.records.errors import AssignmentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

    from grader.course.positions import YamlDocument
    from grader.course.wording import Path

SECTION, USE = "shared", "use"


def with_shared(document: YamlDocument) -> DocumentFindings:
    """The document with shared inputs in every exercise that uses them, and the mistakes in how they are named."""
    values, keys = dict(document.values), dict(document.keys)
    findings = DocumentFindings(replace(document, values=values, keys=keys))
    spread = _Spread(findings, values, keys)
    tree, exercises = document.tree, _at(document.tree, "exercises")
    if isinstance(tree, dict) and isinstance(exercises, list):
        tree = {**tree, "exercises": [spread.exercise(each, number) for number, each in enumerate(exercises)]}
    findings.document = replace(findings.document, tree=tree, spoilt=document.spoilt | spread.spoilt)
    return findings


class _Spread:
    def __init__(self, findings: DocumentFindings, values: dict[Path, yaml.Node], keys: dict[Path, yaml.Node]) -> None:
        """``values`` and ``keys`` are the places in the document of the findings."""
        self._findings = findings
        self._values = values
        self._keys = keys
        self._groups = _at(findings.document.tree, SECTION)
        self.spoilt: set[Path] = set()

    def exercise(self, exercise: Any, number: int) -> Any:
        """The exercise with what it uses, as inputs and as entries of dicts."""
        inputs = _at(exercise, "inputs")
        if not isinstance(inputs, dict):
            return exercise
        return {**exercise, "inputs": self._written_out(inputs, ("exercises", number, "inputs"))}

    def _written_out(self, inputs: dict[str, Any], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in inputs.items():
            if name == USE and _is_use(value):
                found |= self._used(value, inputs, path)
            elif self._is_meant(name, value):
                message = f"is no input: write `{USE}` for what stands in the section {SECTION}"
                self._findings.add((*path, name), message, key=True)
                self.spoilt.add(path)
            elif isinstance(entries := _at(value, "entries"), dict):
                found[name] = {**value, "entries": self._written_out(entries, (*path, name, "entries"))}
            else:
                found[name] = value
        return found

    def _is_meant(self, name: str, value: Any) -> bool:
        """Whether groups are named by another key: no input is a text, or texts."""
        named = [value] if isinstance(value, str) else value if _is_use(value) else []
        known = self._groups if isinstance(self._groups, dict) else {}
        return bool(named) and (nearest(name, [USE]) is not None or all(each in known for each in named))

    def _used(self, use: str | list[str], inputs: dict[str, Any], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for index, group in enumerate([use] if isinstance(use, str) else use):
            at = (*path, USE) if isinstance(use, str) else (*path, USE, index)
            shared = _at(self._groups, group)
            if not isinstance(shared, dict):
                known = self._groups if isinstance(self._groups, dict) else {}
                if group not in known:  # else it is wrong by itself, and told where it stands
                    hint = suggestion(group, known) or f" (there: {listed(known)})"
                    self._findings.add(at, f"names {group}, which is not in the section {SECTION}{hint}")
                self.spoilt.add(path)  # which lacks what is meant
                continue
            for name, value in shared.items():
                if name in inputs or name in found:
                    self._findings.add(at, f"names {group}, which has an input {name} as well: rename one of the two")
                else:
                    found[name] = value
                    self._place((SECTION, group, name), (*path, name))
        return found

    def _place(self, source: Path, target: Path) -> None:
        """Have all that is below ``target`` stand where it is written, below ``source``."""
        for path in _ways(_tree_at(self._findings.document.tree, source)):
            here, there = (*source, *path), (*target, *path)
            self._values[there] = self._values[here]
            if here in self._keys:
                self._keys[there] = self._keys[here]
            if here in self._findings.document.spoilt:
                self.spoilt.add(there)
        if len(self._values) > MAX_NODES:
            self._findings.add(
                target[:-1], f"makes more than {MAX_NODES:,} values with all that is {SECTION} written out"
            )
            raise AssignmentError(self._findings.mistakes)


def _is_use(value: Any) -> bool:
    """Whether it names groups; an input may be called ``use``, too."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _tree_at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _ways(value: Any) -> Iterator[Path]:
    """The ways to every value of a tree, itself first."""
    yield ()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from ((step, *way) for way in _ways(inner))
