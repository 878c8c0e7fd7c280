"""Documents that between them hold everything a writer can meet. The goldens are made from ``FOR_STUDENTS``.

Their texts are arbitrary: what is really said of a fact is for the tests of ``grader.report.words``.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from grader.records.record import Foreign
from grader.records.report import Timing
from grader.records.run import BadReply, Crashed, Frame, OutOfMemory, Raised, TimedOut
from grader.records.schemas import REPORT
from grader.records.verdict import Bound
from grader.report.document import (
    Document,
    WrittenDeviation,
    WrittenExample,
    WrittenExercise,
    WrittenFinding,
    WrittenIsolation,
    WrittenOutput,
    WrittenPart,
)

STRONG = WrittenIsolation(level=4, layers=("own session", "resource limits", "Landlock", "sealed seccomp"))
WEAK = WrittenIsolation(level=1, layers=("own session", "resource limits"))
TOLERANCE = "1e-06 of the expected value"

#: Stands in every field that only a hidden case fills.
MARKER = "Hh1dd3nM4rk3r"

#: What a submission may try on each reader of the report.
HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x07\x00\x08 "
    "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'> [bold]b[/bold] [link=http://evil.example]l"
    " ]]> </pre></style> {{ 7 * 7 }} {% raw %} ::error::pwned ##[error]pwned %0A::warning::x\r\n::stop-commands::pwned"
    " `code` ``` **b** | a | b | [l](javascript:pwned) ![i](http://evil.example/i.png) @everyone <!-- "
    "\u202eesrever\u2066 \ud800 \u200b \ufeff \ufffe \x9b31m <object at 0x7f3a5c0deadb> 'quoted' \"double\" & &lt;"
    " =1+1 é 漢字 🎓"
)


def part(name, points, *, earned=None, public=(10, 0), hidden=(40, 0), problem="", kind="output", title="", beyond=""):
    right = not public[1] and not hidden[1] and not problem
    return WrittenPart(
        kind=kind,
        name=name,
        title=title or name,
        points=points,
        earned=(points if right else 0.0) if earned is None else earned,
        right=right,
        public=public[0],
        public_failed=public[1],
        hidden=hidden[0],
        hidden_failed=hidden[1],
        problem=problem,
        beyond=beyond,
    )


def right(name, title, points, **more):
    return WrittenExercise(
        id=name,
        title=title,
        points=points,
        earned=points,
        status="right",
        headline="",
        parts=(part(name, points),),
        **more,
    )


def report(exercises, **more):
    earned = [exercise.earned for exercise in exercises]
    fields = {
        "assignment": "assignment3",
        "title": "Week 3: teaching networks to remember",
        "module": "memory.py",
        "score": None if None in earned else sum(earned),
        "max_score": sum(exercise.points for exercise in exercises),
        "view": "staff",
        "hidden": "counts",
        "headline": "",
        "problem": "",
        "error": "",
        "traceback": (),
        "remarks": (),
        "sandbox": STRONG,
        "bank": "3f6c0f5ab1c2d3e4f5060718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c",
        "version": "0.1.0",
        "timing": Timing(
            total=1.25,
            started="2026-03-02T09:30:00Z",
            exercises=dict.fromkeys(sorted(exercise.id for exercise in exercises), 0.125),
        ),
    }
    return Document(schema=REPORT, exercises=tuple(exercises), **(fields | more))


def output(**fields):
    """An output of an example, in which all is wrong that differs by more than rounding."""
    found = WrittenOutput(**fields)
    pair = found.expected, found.got
    arrays = all(isinstance(value, np.ndarray) and value.dtype.kind in "biufc" for value in pair)
    if found.deviation is None or not arrays:
        return found
    alike = pair[0].shape == pair[1].shape
    return replace(found, wrong_at=~np.isclose(*pair, rtol=0, atol=1e-9, equal_nan=True) if alike else None)


def for_student(document):
    """A document of which nothing but times and counts of hidden cases has to be kept from a student."""
    exercises = tuple(
        replace(exercise, parts=tuple(map(part_for_student, exercise.parts))) for exercise in document.exercises
    )
    shown = {"view": "student", "hidden": "verdict", "timing": Timing(started=document.timing.started)}
    return replace(document, exercises=exercises, **shown)


def part_for_student(found):
    unshown = bool(found.hidden_failed) and not found.public_failed
    told = {"problem": "Some hidden cases fail.", "beyond": ""} if unshown else {}
    return replace(found, hidden_failed=None, unshown=unshown, **told)


ALL_RIGHT = report(
    [
        right("decay_table", "How fast a memory fades", 10),
        right(
            "rnn_step", "One step of a recurrent network", 15, remarks=("h is float32: float64 is the usual choice.",)
        ),
        right("bptt", "Backpropagation through time", 75),
    ]
)

_H = np.array([[0.291313], [-0.099668], [0.716298], [0.0]])
_H_WRONG = np.array([[0.537050], [-0.099668], [0.921669], [0.0]])

WRONG_VALUE = WrittenExercise(
    id="rnn_step",
    title="One step of a recurrent network",
    points=15,
    earned=7.5,
    status="partly",
    headline="Look at what is added before tanh: `h` is right when `b_h` is 0, and wrong otherwise.",
    diagnosis=(
        WrittenFinding(
            "misconception",
            "rnn_step_bias_twice",
            "The bias b_h is added twice.",
            "Explains all 16 cases tried to find it.",
        ),
        WrittenFinding(
            "circumstance",
            "right_when",
            "It is right whenever `b_h` is 0.",
            "Right in all 3 such cases, wrong in 16 of 16 others.",
        ),
    ),
    explanation=("Right: the gate property, which does not look at b_h.",),
    beyond=("Right: the gate property, which does not look at b_h.",),
    parts=(
        part(
            "h",
            7.5,
            public=(10, 8),
            hidden=(40, 37),
            problem="has wrong values",
            title="`h`",
            beyond="Has wrong values.",
        ),
        part(
            "bounded",
            7.5,
            kind="property",
            public=(3, 0),
            hidden=(3, 0),
            title="every entry of h lies between -1 and 1",
        ),
    ),
    counterexamples=(
        WrittenExample(
            case="rnn_step/4",
            origin="sizes all distinct",
            hidden=False,
            minimised=True,
            inputs={"x": np.zeros((2, 1)), "b_h": np.array([[0.3], [-0.1], [0.9], [0.0]]), "n": 3},
            sizes={"D": 2, "H": 4},
            code=(
                "import numpy as np\nfrom memory import rnn_step\n\nx = np.zeros((2, 1))\nh_prev = np.zeros((4, 1))\n"
                "W_xh = np.zeros((4, 2))\nW_hh = np.zeros((4, 4))\nb_h = np.array([[0.3], [-0.1], [0.9], [0.0]])\n\n"
                "h = rnn_step(x, h_prev, W_xh, W_hh, b_h)\nprint(h)"
            ),
            outputs=(
                output(
                    name="h",
                    shown=True,
                    expected=_H,
                    got=_H_WRONG,
                    deviation=WrittenDeviation(
                        kind="value",
                        summary="has wrong values",
                        where=(0, 0),
                        expected=0.291313,
                        got=0.537050,
                        wrong=2,
                        total=4,
                    ),
                    tolerance=TOLERANCE,
                ),
            ),
        ),
    ),
    remarks=("Changes its input `b_h` in place.",),
    printed="entering rnn_step\nshape of x: (2, 1)\n",
)

_XS = np.linspace(-1, 1, 2 * 3 * 4).reshape(2, 3, 4)
_XS_WRONG = _XS.copy()
_XS_WRONG[1, 2, :2] = [np.nan, -np.inf]
_XS_WRONG[0, 1, 3] += 1e-8

THREE_AXES = WrittenExercise(
    id="rnn_forward",
    title="A whole sequence",
    points=10,
    earned=0,
    status="wrong",
    headline="Find out where NaN comes from: from time step 1 on, hs holds numbers that are none.",
    explanation=("Time step 0 is right to seven digits.",),
    beyond=("Time step 0 is right to seven digits.",),
    parts=(
        part(
            "hs",
            10,
            public=(10, 10),
            hidden=(40, 40),
            problem="holds NaN or infinite values",
            beyond="Holds NaN or infinite values.",
        ),
    ),
    counterexamples=(
        WrittenExample(
            case="rnn_forward/0",
            origin="example",
            hidden=False,
            minimised=False,
            inputs={"xs": [np.ones((2, 1))], "T": 2},
            sizes={"T": 2},
            code="hs = rnn_forward(xs, h0)",
            outputs=(
                output(
                    name="hs",
                    shown=True,
                    expected=_XS,
                    got=_XS_WRONG,
                    deviation=WrittenDeviation(
                        kind="nonfinite",
                        summary="holds NaN or infinite values",
                        where=(0, 1, 3),
                        expected=float(_XS[0, 1, 3]),
                        got=float(_XS_WRONG[0, 1, 3]),
                        wrong=3,
                        total=24,
                        nans=1,
                        infs=1,
                    ),
                    tolerance=TOLERANCE,
                ),
                output(name="ys", shown=True, expected=_XS[0], got=_XS[0]),
            ),
        ),
    ),
)

WRONG_SHAPE = WrittenExercise(
    id="forget_gate",
    title="The forget gate",
    points=5,
    earned=0,
    status="wrong",
    headline="Return f with shape (H, 1): yours is (H,).",
    explanation=("np.squeeze drops the axis of size 1.",),
    beyond=("np.squeeze drops the axis of size 1.",),
    parts=(
        part(
            "f",
            5,
            public=(10, 10),
            hidden=(40, 40),
            problem="has another shape than it should",
            beyond="Has another shape than it should.",
        ),
    ),
    counterexamples=(
        WrittenExample(
            case="forget_gate/0",
            origin="edge: every size 1",
            hidden=False,
            minimised=True,
            inputs={"W": np.zeros((3, 4))},
            sizes={"D": 1, "H": 3},
            code="f = forget_gate(h_prev, x, W, b)",
            outputs=(
                output(
                    name="f",
                    shown=True,
                    expected=np.full((3, 1), 0.5),
                    got=np.full(3, 0.5, np.float32),
                    deviation=WrittenDeviation(
                        kind="shape",
                        summary="has another shape than it should",
                        detail="expected (3, 1), got (3,)",
                    ),
                ),
            ),
        ),
    ),
)

RAISED = WrittenExercise(
    id="lstm_step",
    title="One step of an LSTM",
    points=10,
    earned=0,
    status="wrong",
    headline="Look at line 41: the shapes of W_f and h_prev do not go together.",
    parts=(
        part(
            "h", 5, public=(10, 10), hidden=(40, 40), problem="stops with ValueError", beyond="Stops with ValueError."
        ),
        part(
            "c", 5, public=(10, 10), hidden=(40, 40), problem="stops with ValueError", beyond="Stops with ValueError."
        ),
    ),
    traceback=(
        Frame("memory.py", 58, "lstm_step", "f = forget_gate(h_prev, x, W_f, b_f)"),
        Frame("memory.py", 41, "forget_gate", "return sigmoid(W_f @ h_prev + b_f)"),
    ),
    error="ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0 (size 3 is different from 4)",
    error_said=False,
    counterexamples=(
        WrittenExample(
            case="lstm_step/0",
            origin="edge: every size 1",
            hidden=False,
            minimised=True,
            inputs={"x": np.zeros((1, 1))},
            sizes={"D": 1, "H": 1},
            code="h, c = lstm_step(x, h_prev, c_prev, W_f, b_f)",
            outputs=(output(name="h", expected=np.zeros((1, 1)), shown=False),),
            outcome=Raised(
                error="ValueError",
                message="matmul: Input operand 1 has a mismatch in its core dimension 0 (size 3 is different from 4)",
                ancestors=("ValueError", "Exception"),
                frames=(
                    Frame("memory.py", 58, "lstm_step", "f = forget_gate(h_prev, x, W_f, b_f)"),
                    Frame("memory.py", 41, "forget_gate", "return sigmoid(W_f @ h_prev + b_f)"),
                ),
            ),
        ),
    ),
)


def ended(name, title, outcome, said, headline):
    return WrittenExercise(
        id=name,
        title=title,
        points=4,
        earned=0,
        status="wrong",
        headline=headline,
        parts=(part("result", 4, public=(10, 10), hidden=(40, 40), problem=headline),),
        counterexamples=(
            WrittenExample(
                case=f"{name}/0",
                origin="",
                hidden=False,
                minimised=False,
                inputs={"n": 3},
                sizes={},
                code=f"result = {name}(n)",
                outcome=outcome,
                ended=said,
            ),
        ),
    )


UNFINISHED = WrittenExercise(
    id="bptt",
    title="Backpropagation through time",
    points=20,
    earned=0,
    status="unfinished",
    headline="Write bptt: it still raises NotImplementedError.",
    parts=(part("loss", 20, public=(10, 10), hidden=(40, 40)),),
    error="NotImplementedError",
)
MISSING = WrittenExercise(
    id="clip_gradients",
    title="Clipping by the global norm",
    points=5,
    earned=0,
    status="missing",
    headline="Define clip_gradients: memory.py has clip_gradient, which comes near.",
    parts=(
        part(
            "clipped",
            5,
            public=(0, 0),
            hidden=(0, 0),
            problem="clip_gradients is not defined.",
            beyond="clip_gradients is not defined.",
        ),
    ),
)
UNGRADED = WrittenExercise(
    id="gradient_product",
    title="A product of small numbers",
    points=3,
    earned=None,
    status="ungraded",
    headline="Nothing to do for you: the sandbox failed while this was graded.",
    explanation=("Your instructor can grade it again.",),
    beyond=("Your instructor can grade it again.",),
)
FOLLOWED = WrittenExercise(
    id="lstm_step",
    title="One step of an LSTM",
    points=8,
    earned=8,
    status="partly",
    headline="Right but for `output_gate`, which it builds on: the method earns its points.",
    parts=(
        replace(part("h", 4, earned=4, public=(10, 10), hidden=(40, 39)), followed=("output_gate",)),
        part("c", 4),
    ),
)
HIDDEN_ONLY = WrittenExercise(
    id="cell_state",
    title="The cell state",
    points=8,
    earned=4,
    status="partly",
    headline=f"Handle inputs such as {MARKER}.",
    explanation=(f"It goes wrong for {MARKER}.",),
    beyond=(f"It goes wrong for {MARKER}.",),
    error_said=False,
    parts=(
        part("c", 4, hidden=(40, 2), problem="has wrong values", beyond="Has wrong values."),
        part("h", 4),
    ),
    traceback=(Frame("memory.py", 7, MARKER, f"raise {MARKER}"),),
    error=f"{MARKER}Error: {MARKER}",
    counterexamples=(
        WrittenExample(
            case=f"cell_state/{MARKER}",
            origin=MARKER,
            hidden=True,
            minimised=True,
            inputs={MARKER: MARKER},
            sizes={MARKER: 4},
            code=MARKER,
            outputs=(
                output(
                    name=MARKER,
                    shown=True,
                    expected=MARKER,
                    got=[MARKER, {MARKER: Foreign(MARKER)}],
                    deviation=WrittenDeviation(kind="type", summary=MARKER, detail=MARKER),
                    tolerance=MARKER,
                ),
            ),
            outcome=Raised(
                error=MARKER,
                message=MARKER,
                ancestors=(MARKER,),
                frames=(Frame(MARKER, 3, MARKER, MARKER),),
            ),
        ),
    ),
)

MIXED = report(
    [
        right("decay_table", "How fast a memory fades", 10),
        WRONG_VALUE,
        THREE_AXES,
        WRONG_SHAPE,
        RAISED,
        ended(
            "steps_until",
            "Steps until forgotten",
            TimedOut(2.0, "cpu", "case"),
            "It was stopped after 2 s of computing, the limit for one case.",
            "End the loop: rate 1 never gets there.",
        ),
        ended(
            "sigmoid",
            "The logistic function",
            Crashed(signal="SIGSEGV"),
            "It crashed Python with SIGSEGV: memory that is not the program's own was touched, "
            "or recursion went too deep.",
            "Give the recursion an end.",
        ),
        ended(
            "outer",
            "An outer product",
            OutOfMemory(1 << 30, "Unable to allocate 74.5 GiB"),
            "It asked for more memory than the limit of 1 GiB (Unable to allocate 74.5 GiB).",
            "Multiply without a copy.",
        ),
        ended(
            "chatty",
            "A quiet function",
            TimedOut(2.0, "wall", "case"),
            "It was stopped after 2 s of waiting, the limit for one case.",
            "Remove the print inside the loop.",
        ),
        UNFINISHED,
        MISSING,
    ],
    remarks=("memory.py imports matplotlib; an inert stand-in took its place.",),
)

UNGRADED_ONE = report([right("decay_table", "How fast a memory fades", 10), UNGRADED], sandbox=WEAK)

SYNTAX_ERROR = report(
    [MISSING, UNFINISHED],
    headline="Nothing could be run yet.",
    problem="memory.py cannot be read as Python: line 12 lacks a closing parenthesis.",
    traceback=(Frame("memory.py", 12, "<module>", "h = np.tanh(W @ x"),),
    error="SyntaxError: '(' was never closed",
)

HOSTILE_ONE = report(
    [
        WrittenExercise(
            id="rnn_step",
            title="One step of a recurrent network",
            points=15,
            earned=0,
            status="wrong",
            headline=HOSTILE,
            diagnosis=(WrittenFinding("misconception", HOSTILE, HOSTILE, HOSTILE),),
            explanation=(HOSTILE, "long " * 8_000),
            beyond=("long " * 8_000,),
            error_said=False,
            parts=(part("h", 15, public=(10, 10), hidden=(40, 40), problem=HOSTILE),),
            traceback=(Frame(f"{HOSTILE}.py", -3, HOSTILE, HOSTILE),),
            error=f"{HOSTILE}: {HOSTILE}",
            counterexamples=(
                WrittenExample(
                    case="rnn_step/0",
                    origin="edge: every size 1",
                    hidden=False,
                    minimised=True,
                    inputs={"s": HOSTILE, "bad": float("nan"), "z": 1 + 2j, "name": "NaN", "pair": (1, None)},
                    sizes={"H": 1},
                    code=f"h = rnn_step({HOSTILE!r})",
                    outputs=(
                        output(
                            name="h",
                            shown=True,
                            expected=np.array([[np.nan, np.inf, -np.inf, 0.1]]),
                            got={HOSTILE: [HOSTILE, Foreign(HOSTILE), np.float32(0.5), True]},
                            deviation=WrittenDeviation(
                                kind="type", summary="h is a dict.", detail=HOSTILE, got=float("inf")
                            ),
                        ),
                        output(
                            name="big",
                            shown=True,
                            expected=np.arange(30 * 40 * 2.0).reshape(2, 30, 40),
                            got=np.zeros((2, 200, 200)),
                            deviation=WrittenDeviation(
                                kind="shape", summary="big has another shape.", detail="(2, 200, 200)"
                            ),
                        ),
                    ),
                    outcome=Raised(error=HOSTILE, message=HOSTILE, ancestors=(HOSTILE,), frames=()),
                ),
            ),
            remarks=(HOSTILE,),
            printed=HOSTILE + "\n::error::pwned\n  ::error::pwned\n" + "x" * 100_000,
        ),
        ended(
            "loop",
            "Ends otherwise",
            BadReply(detail=HOSTILE),
            "It gave no valid answer: something wrote where only the grader's worker may.",
            "Do not write to the grader's own channel.",
        ),
    ],
    problem=HOSTILE,
    traceback=(Frame("memory.py", 1, HOSTILE, HOSTILE),),
    error=HOSTILE,
    remarks=(HOSTILE,),
    sandbox=WEAK,
)

HIDDEN_FAILS = report([right("decay_table", "How fast a memory fades", 10), HIDDEN_ONLY])

_TOLD_OF_HIDDEN = replace(
    HIDDEN_ONLY,
    headline="Every public case is right, some hidden ones are not: try sizes and values that the public cases lack.",
    explanation=(),
    beyond=(),
    traceback=(),
    error="",
    error_said=True,
    counterexamples=(),
)

_STEPS = np.linspace(-1, 1, 9).reshape(3, 3, 1)
_STEPS_WRONG = _STEPS + np.array([0, 0.25, 0.5]).reshape(3, 1, 1)
_STATES = np.array([[0.3, 0.1], [0.5, -0.2], [0.2, 0.4], [-0.1, 0.6], [0.7, 0.1], [0.4, -0.3]]).reshape(6, 2, 1)
_STATES_WRONG = _STATES * np.array([1, 1, 1.4, 0.5, 2.1, 1.8]).reshape(6, 1, 1)
_STRENGTHS = 0.9 ** np.arange(12)
_STRENGTHS_WRONG = np.array([*(0.9 ** np.arange(4)), *(0.8 ** np.arange(4, 7)), np.nan, 0.8**8, 0.8**9])
_FADES = np.arange(10.0)
_FADES_WRONG = np.array([*range(8), np.nan, 1.0])


def _numbers_off(name, expected, got, where, wrong, **more):
    figures = {"expected": float(expected[where]), "got": float(got[where]), "wrong": wrong, "total": expected.size}
    deviation = WrittenDeviation(**({"kind": "value", "summary": "has wrong values", "where": where} | figures | more))
    return output(name=name, shown=True, expected=expected, got=got, deviation=deviation, tolerance=TOLERANCE)


#: What is drawn beside its numbers; of one output the name tries to leave the drawing.
DRAWN = replace(
    THREE_AXES,
    id="rnn_drawn",
    counterexamples=(
        replace(
            THREE_AXES.counterexamples[0],
            outputs=(
                replace(_numbers_off("hs", _STEPS, _STEPS_WRONG, (2, 0, 0), 6), steps=True, bound=Bound(rtol=1e-6)),
                replace(_numbers_off("states", _STATES, _STATES_WRONG, (4, 0, 0), 8), steps=True),
                replace(
                    _numbers_off(
                        "strengths", _STRENGTHS, _STRENGTHS_WRONG, (4,), 0, kind="shape", summary="ends early"
                    ),
                    steps=True,
                    wrong_at=np.arange(12) >= 4,
                ),
                _numbers_off(
                    "</svg><script>pwned = 3</script>",
                    *(_FADES, _FADES_WRONG, (8,), 1),
                    kind="nonfinite",
                    summary="holds NaN or infinite values",
                    nans=1,
                ),
            ),
        ),
    ),
)
PICTURES = report([right("decay_table", "How fast a memory fades", 10), DRAWN])

SAMPLES = {
    "all_right": ALL_RIGHT,
    "mixed": MIXED,
    "ungraded": UNGRADED_ONE,
    "syntax_error": SYNTAX_ERROR,
    "hostile": HOSTILE_ONE,
    "hidden_fails": HIDDEN_FAILS,
    "pictures": PICTURES,
}

#: The same as a student reads them.
FOR_STUDENTS = {
    **{name: for_student(sample) for name, sample in SAMPLES.items()},
    "ungraded": for_student(
        report(
            [UNGRADED_ONE.exercises[0], replace(UNGRADED, explanation=(), beyond=())],
            sandbox=WEAK,
        )
    ),
    "hostile": for_student(
        replace(HOSTILE_ONE, exercises=(replace(HOSTILE_ONE.exercises[0], traceback=()), *HOSTILE_ONE.exercises[1:]))
    ),
    "hidden_fails": for_student(report([HIDDEN_FAILS.exercises[0], _TOLD_OF_HIDDEN])),
}
