"""What a new assignment begins with: every file that it needs, small enough to be read and then replaced.

The files can be graded as they stand, and prove themselves: the wrong submission loses the points of one exercise and
reads why, the right one gets them all, and ``grade audit`` reaches its bar.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.course.schema import schema_text
from grader.course.template import student_template

if TYPE_CHECKING:
    from pathlib import Path

    from grader.course.find import AssignmentFiles

SCHEMA = "assignment.schema.json"  # in the course's folder, for editors

_YAML = """\
# yaml-language-server: $schema=../../{schema}
# {schema} describes every key; `grade check {id}` lists every mistake with its place.
title: "{title}: means of columns"
module: {module}
dims: {{M: 1..6, N: 1..4}}

exercises:
  # Without run, an exercise calls the function of its id with its inputs, in their order, and compares the result.
  - id: centered
    title: Columns around 0
    points: 40
    inputs:
      data: {{shape: [M, N]}}
    cases: {{public: 5, hidden: 15}}

  # With run, it is Python of your own; outputs are the names that it leaves behind.
  - id: weighted_mean
    title: A mean in which some rows count more
    points: 60
    inputs:
      data: {{shape: [M, N]}}
      weights: {{shape: [M, 1], range: [0.5, 2]}}
    run: mean = weighted_mean(data, weights)
    outputs: {{mean: [N]}}
    cases: {{public: 5, hidden: 15}}
    examples:
      - inputs: {{data: [[1.0, 0.0], [4.0, 3.0]], weights: [[2.0], [1.0]]}}
        expect: {{mean: [2.0, 1.0]}}
        note: "by hand: (2 * 1 + 1 * 4) / 3 and (2 * 0 + 1 * 3) / 3"
"""

_REFERENCE = '''\
"""Reference solutions of {id}. Students never see this file; `grade template {id}` shows what they get of it."""

import numpy as np

from grader.author import misconception


def centered(data):
    """The data without the mean of each column, so that each column sums to 0.

    data: (M, N)
    Returns an array of shape (M, N).
    """
    return data - np.mean(data, axis=0)


def weighted_mean(data, weights):
    """The mean of each column, in which each row counts as much as its weight says.

    data: (M, N)   weights: (M, 1), all above 0
    Returns an array of shape (N,).
    """
    return np.sum(weights * data, axis=0) / np.sum(weights)


# ── what students get wrong, and the sentence for whoever does ────────────────────────────────────────────────────────


@misconception(of="weighted_mean", says="The weighted sum is divided by how many rows there are, not by the weights.")
def weighted_mean_divided_by_the_number(data, weights):
    return np.sum(weights * data, axis=0) / len(data)
'''

_RIGHT = '''\
"""Right, and written otherwise than the reference: it must get all 100 points."""

import numpy as np


def centered(data):
    result = np.zeros(data.shape)
    for column in range(data.shape[1]):
        result[:, column] = data[:, column] - sum(data[:, column]) / data.shape[0]
    return result


def weighted_mean(data, weights):
    total, weight_of_all = np.zeros(data.shape[1]), 0.0
    for row, weight in zip(data, weights):
        total += weight[0] * row
        weight_of_all += weight[0]
    return total / weight_of_all
'''

_WRONG = '''\
"""Wrong in weighted_mean, as the misconception of the reference is: it gets 40 of 100 points."""

import numpy as np


def centered(data):
    return data - data.mean(axis=0)


def weighted_mean(data, weights):
    total = np.zeros(data.shape[1])
    for row, weight in zip(data, weights):
        total += weight[0] * row
    return total / len(data)
'''

_HANDOUT = """\
# {title}: means of columns

Say in a few sentences what this is about and why it is worth doing.

You write everything in one file, `{module}`, with NumPy. There are 2 exercises and 100 points.

## How to work

```console
$ grade start {id}     # in the course's folder: puts {module} and this handout into {id}/
$ cd {id}              # where you were given this folder as it is, begin here
$ grade                # grades {module}, as often as you like
```

Replace every `raise NotImplementedError` by your own code; keep the names and the order of the arguments.

## Columns around 0 (40 points)

**`centered(data)`** returns the data, an array of M rows and N columns, without the mean of each column.

## A mean in which some rows count more (60 points)

**`weighted_mean(data, weights)`** returns the mean of each column, in which each row counts as much as its weight says.
All weights are above 0; they are a column, (M, 1). The result has the shape (N,).
"""

STARTER = """\
{title}

Replace every ``raise NotImplementedError`` by your own code and keep the names. ``grade`` grades this file."""


_IGNORED = """\
# What `grade class` makes: marks and work of students, and hidden cases.
/results/
"""


def new_files(files: AssignmentFiles, module: str) -> dict[Path, str]:
    """Paths and texts of a new assignment; what a course has once only where this one has none.

    The assignment file comes last: without it the others are no assignment.
    """
    words = {"id": files.name, "schema": SCHEMA, "module": module, "title": title_of(files.name)}
    reference = _REFERENCE.format(**words)
    says = STARTER.format(id=files.name, title=f"{words['title']}: means of columns.")
    submissions = files.root / "tests" / "submissions" / files.name
    schema, ignored = files.root / SCHEMA, files.root / ".gitignore"
    return {
        **({} if schema.exists() else {schema: schema_text()}),
        **({} if os.path.lexists(ignored) else {ignored: _IGNORED}),
        files.reference: reference,
        files.template / module: student_template(reference, says=says).text,
        submissions / "100_in_loops.py": _RIGHT,
        submissions / "040_divided_by_the_number.py": _WRONG,
        files.handout: _HANDOUT.format(**words),
        files.yaml: _YAML.format(**words),
    }


def title_of(name: str) -> str:
    """What an assignment of this id may be called: ``Week 1`` for ``week1``."""
    spaced = "".join(
        f" {each}" if each.isdigit() and not name[at - 1 : at].isdigit() else each for at, each in enumerate(name)
    )
    words = " ".join(spaced.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]
