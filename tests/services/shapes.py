"""What each service reads, as JSON Schema: written from its documentation, and from nothing that writes it."""

TEXT = {"type": "string"}
NAME = {"type": "string", "minLength": 1}
WHOLE = {"type": "integer", "minimum": 0}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}


def an_object(required, **others):
    """Exactly these fields, of which ``others`` may be missing."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **others},
    }


CLASSROOM50 = an_object(
    {
        "schema": {"const": "classroom50/result/v1"},
        "classroom": NAME,
        "assignment": NAME,
        "assignment_type": {"enum": ["individual", "group"]},
        "owner": NAME,
        "submission": NAME,
        "commit": NAME,
        "release": NAME,
        "review": NAME,
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": WHOLE,
        "max-score": WHOLE,
        "tests": {
            "type": "array",
            "items": {  # more of a test is kept as it is
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {"test-name": NAME, "passed": {"type": "boolean"}, "score": WHOLE, "max-score": WHOLE},
            },
        },
    }
)

_GRADED = an_object(
    {
        "gradable": {"const": True},
        "score": SHARE,
        "message": TEXT,
        "tests": {
            "type": "array",
            "items": an_object(
                {  # a test without points would hide those of all
                    "name": NAME,
                    "points": {"type": "number", "minimum": 0},
                    "max_points": {"type": "number", "minimum": 0},
                },
                description=TEXT,
                message=TEXT,
                output=TEXT,
            ),
        },
    }
)
_NOT_GRADABLE = an_object(
    {
        "gradable": {"const": False},
        "score": {"const": 0},
        "message": NAME,
        "format_errors": {"type": "array", "items": NAME, "minItems": 1},
    }
)
PRAIRIELEARN = {"oneOf": [_GRADED, _NOT_GRADABLE]}

SUBMITTY = {
    "oneOf": [
        an_object(
            {
                "status": {"const": "success"},
                "data": an_object(
                    {
                        "score": SHARE,
                        "message": TEXT,
                        "status": {"enum": ["information", "failure", "warning", "success"]},
                    }
                ),
            }
        ),
        an_object({"status": {"const": "failure"}, "message": NAME}),
    ]
}

_STATUS = an_object(
    {
        "enum": {
            "enum": [
                "correct",
                "wrong",
                "compilation error",
                "runtime error",
                "time limit exceeded",
                "memory limit exceeded",
                "output limit exceeded",
                "internal error",
            ]
        },
        "human": NAME,
    }
)
_MESSAGE = an_object(
    {"format": {"enum": ["plain", "text", "markdown", "html", "code", "callout"]}, "description": TEXT},
    permission={"enum": ["student", "staff", "zeus"]},
)
_ACCEPTED = {"type": "boolean"}


def _command(name, required=None, **others):
    return an_object({"command": {"const": name}, **(required or {})}, **others)


#: A line of a judgement.
DODONA = {
    "oneOf": [
        _command("start-judgement"),
        _command("start-tab", {"title": NAME}, hidden=_ACCEPTED, permission=TEXT),
        _command("start-context", description=_MESSAGE),
        _command("start-testcase", {"description": _MESSAGE}),
        _command("append-message", {"message": _MESSAGE}),
        _command("escalate-status", {"status": _STATUS}),
        _command("close-testcase", accepted=_ACCEPTED),
        _command("close-context", accepted=_ACCEPTED),
        _command("close-tab"),
        _command("close-judgement", accepted=_ACCEPTED, status=_STATUS),
    ]
}


_VISIBLE = {"const": "visible"}  # one test that is not would hide the total
_TEXT_FORMAT = {"const": "text"}
GRADESCOPE = an_object(
    {
        "score": {"type": "number", "minimum": 0},
        "output": NAME,
        "output_format": _TEXT_FORMAT,
        "test_output_format": _TEXT_FORMAT,
        "test_name_format": _TEXT_FORMAT,
        "visibility": _VISIBLE,
        "stdout_visibility": {"const": "hidden"},
        "tests": {
            "type": "array",
            "items": an_object(
                {
                    "number": NAME,
                    "name": NAME,
                    "max_score": {"type": "number", "minimum": 0},
                    "output": TEXT,
                    "tags": {"type": "array", "items": NAME},
                    "visibility": _VISIBLE,
                },
                score={"type": "number", "minimum": 0},
                status={"enum": ["passed", "failed"]},
            ),
        },
    },
    extra_data={"type": "object"},
)
