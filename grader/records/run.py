"""What was handed in, and what running it gave."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple, TypeAlias

from msgspec import Meta, field

from grader.records.assignment import Exercise, Limits
from grader.records.record import Record, Value

if TYPE_CHECKING:
    from grader.records.bank import Case


class ReadRemark(Record, frozen=True):
    """How a ``file`` had to be read, where its author should know.

    It was "marked" as of another ``encoding``, "declared" one that it does not have, or its encoding was "guessed" from
    the byte in ``line`` that is no UTF-8; it is the "cells" of a notebook, or the "source" of ``module`` that is named
    like one; it was read "alone", without the files ``left_out`` that ``module`` would import; it was taken for
    ``module`` as the "only" one; or it was "unpacked".
    """

    kind: Literal["marked", "declared", "guessed", "cells", "source", "alone", "only", "unpacked"]
    file: str
    encoding: str = ""
    byte: int = 0
    line: int = 0
    module: str = ""
    left_out: tuple[str, ...] = ()


MAX_CODE_CELLS = 10_000  # of one submission


def cell_name(number: int) -> str:
    """What a code cell of a notebook is called where a file would be; counted from 1."""
    return f"cell {number}"


class Texts(NamedTuple):
    """Files and cells of a submission, by the names that tracebacks have for them; which of the names are ``cells``."""

    by_name: dict[str, str]
    cells: frozenset[str] = frozenset()


def texts_of(files: Mapping[str, str], cells: Sequence[str] = ()) -> Texts:
    """What tracebacks name of files and of a notebook's cells."""
    by_name = {cell_name(number): cell for number, cell in enumerate(cells, 1)}
    return Texts({**files, **by_name}, frozenset(by_name))


class Submission(Record, frozen=True):
    """Source text by module path (``memory.py``, ``helpers/gates.py``), read and decoded; never run in this process.

    ``data`` holds the data files that the source names, by the name it uses. Where the module is a notebook, ``cells``
    are its code cells in their order, which are run one by one; what stands for it among the files is all their text.
    """

    module: str
    files: dict[str, str]
    cells: tuple[str, ...] = ()
    data: dict[str, bytes] = field(default_factory=dict)
    remarks: tuple[ReadRemark, ...] = ()

    @property
    def texts(self) -> Texts:
        """Its files and cells as tracebacks name them."""
        return texts_of(self.files, self.cells)


class Frame(Record, frozen=True):
    """One line of a student's traceback: only files that they handed in appear."""

    file: Annotated[str, Meta(description="Path within the submission, or a code cell of a notebook: `cell 3`.")]
    line: Annotated[int, Meta(description="Counted from 1.")]
    function: str
    text: Annotated[str, Meta(description="The source line; may be empty.")] = ""

    @property
    def in_cell(self) -> bool:
        """Whether it is in a notebook, whose cells are no files."""
        return False


class CellFrame(Frame, frozen=True):
    """One that lies in a code cell of a notebook, by the name that tracebacks have for the cell."""

    @property
    def in_cell(self) -> bool:
        """As it says."""
        return True


class Returned(Record, frozen=True, tag_field="kind", tag="returned"):
    """The snippet ran to its end. ``missing`` outputs were never set. The observations are the worker's own advice.

    ``read`` says of outputs that were of other types than those that cross how they were read (``protocol.READ_AS``).
    """

    outputs: dict[str, Value]
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()  # inputs that were changed in place
    aliased: tuple[tuple[str, str], ...] = ()  # (output, input) that share memory
    read: tuple[tuple[str, str], ...] = ()


# What the untouched template raises.
UNFINISHED = "NotImplementedError"


class Raised(Record, frozen=True, tag_field="kind", tag="raised"):
    """The snippet raised. ``ancestors`` are the class names of the exception, most specific first.

    ``cause`` is the line to mend where that is another than the last of ``frames``, or where it is known to be that: a
    division that made a float of what was to be an index or a size.
    """

    error: str
    message: str
    ancestors: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    cause: Frame | None = None

    @property
    def builtin_error(self) -> str:
        """The class if it is one of Python's own, else empty: other names were written by student code."""
        return next(filter(is_builtin_error, self.ancestors), "")


def is_builtin_error(name: str) -> bool:
    """Whether this names one of Python's own exceptions."""
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


Scope: TypeAlias = Literal["case", "exercise", "load", "submission"]


class TimedOut(Record, frozen=True, tag_field="kind", tag="timed_out"):
    """Stopped: ``seconds`` is the limit that was passed, on the clock ``clock``, for the scope ``scope``."""

    seconds: float
    clock: Literal["cpu", "wall"]
    scope: Scope


class Crashed(Record, frozen=True, tag_field="kind", tag="crashed"):
    """The process ended by itself: by ``signal`` ("SIGSEGV"), or with ``exit_code`` (``os._exit``)."""

    signal: str | None = None
    exit_code: int | None = None


class OutOfMemory(Record, frozen=True, tag_field="kind", tag="out_of_memory"):
    """More memory was asked for than the limit allows. ``message`` is NumPy's or Python's own, possibly empty."""

    limit: int
    message: str = ""


class BadReply(Record, frozen=True, tag_field="kind", tag="bad_reply"):
    """The worker said something that is no valid answer."""

    detail: str


class NotRun(Record, frozen=True, tag_field="kind", tag="not_run"):
    """An earlier case of the exercise ended the worker, so this one was not tried."""


Outcome: TypeAlias = Returned | Raised | TimedOut | Crashed | OutOfMemory | BadReply | NotRun

#: Scopes of limits that a case passes because of what ran before it.
OF_MANY: Final = frozenset({"exercise", "submission"})

#: Outcomes after which the worker is gone.
FATAL = (TimedOut, Crashed, BadReply)


class Definition(Record, frozen=True):
    """A name that the submission defines. ``parameters`` is None for what is not a function or class."""

    name: str
    parameters: tuple[str, ...] | None = None


class LostCell(Record, frozen=True):
    """The code cell ``number`` did not come to its end, by ``outcome``; those after it were run all the same.

    ``line`` is where it begins if it is a part of a file, whose parts have no numbers; 0 for a notebook. ``stopped``:
    it took the process with it, and was read once more with its definitions, imports and constants alone; ``skipped``:
    these did so too.
    """

    number: int
    outcome: Outcome
    stopped: bool = False
    skipped: bool = False
    line: int = 0


class Loaded(Record, frozen=True):
    """What importing the submission gave. With ``problem`` set, ``names`` are those defined before it happened.

    With ``stopped``, definitions, imports and constants were read all the same: those below the line that raised, or
    all of them and nothing else where ``problem`` had taken the process with it. A notebook, and a file in cells, has
    ``lost`` cells instead; ``twice`` are names that two define.
    """

    names: tuple[Definition, ...] = ()
    problem: Outcome | None = None
    stopped: bool = False
    lost: tuple[LostCell, ...] = ()
    twice: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()  # modules such as matplotlib that were answered by an inert stand-in


class Job(Record, frozen=True):
    """One ``run`` snippet over several cases: what a sandbox is asked to do.

    ``inputs`` and ``sizes`` have one entry a case. ``salt`` seeds the random generators of the worker before the first
    case, so that a repeat with another salt shows results that depend on chance. ``packed`` holds sizes and inputs as
    they are sent (see :mod:`grader.sandbox.protocol`), where they are the same for many submissions. ``extents`` are,
    a case, the objects that a right answer may take, where that is known: see :mod:`grader.sandbox.room`. ``helpers``
    is the text of a module whose names the snippet knows.
    """

    run: str
    outputs: tuple[str, ...]
    sizes: tuple[Mapping[str, int], ...]
    inputs: tuple[Mapping[str, Value], ...]
    limits: Limits = Limits()
    salt: int = 0
    packed: bytes = b""
    extents: tuple[int, ...] = ()
    helpers: str = ""


def job_of(exercise: Exercise, cases: Sequence[Case], salt: int = 0) -> Job:
    """An exercise's snippet over cases."""
    return Job(
        run=exercise.run,
        outputs=tuple(exercise.outputs),
        sizes=tuple(case.sizes for case in cases),
        inputs=tuple(case.inputs for case in cases),
        limits=exercise.limits,
        salt=salt,
        helpers=exercise.helpers,
    )


class Run(Record, frozen=True):
    """What a job gave: one outcome a case, and what was printed meanwhile (bounded, control characters still in).

    ``before``: by the numbers of cases that raised, the outputs that these had set by then and would not have changed.
    ``cpu`` and ``wall`` are seconds, measured from outside the worker. ``cut`` is the limit in bytes beyond which more
    was printed, and dropped; None if it was kept to.
    """

    outcomes: tuple[Outcome, ...]
    before: Mapping[int, Returned] = {}
    cpu: float = 0.0
    wall: float = 0.0
    stdout: str = ""
    stderr: str = ""
    cut: int | None = None


SEALED_LEVEL = 3  # of isolation: from here on, student code can read no file of this machine


class Isolation(Record, frozen=True):
    """How student code was kept apart. Level 1 is a process with limits; ``layers`` names each thing that holds it."""

    level: int
    layers: tuple[str, ...]

    @property
    def keeps_hidden(self) -> bool:
        """True if hidden cases, which student code must not find on this machine, may be run."""
        return self.level >= SEALED_LEVEL
