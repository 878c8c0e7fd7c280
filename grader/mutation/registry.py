"""Every operator, in the order in which they are tried: of two that make the same change, the first names it."""

from __future__ import annotations

from grader.mutation.activations import DROP_ACTIVATION, REPEAT_ACTIVATION, SWAP_ACTIVATION
from grader.mutation.axes import BROADCAST, WRONG_AXIS
from grader.mutation.checks import DROP_CHECK, SWAP_COMPARISON
from grader.mutation.counts import OFF_BY_ONE
from grader.mutation.derivatives import WRONG_DERIVATIVE
from grader.mutation.inputs import CHANGE_INPUT_IN_PLACE
from grader.mutation.names import SWAP_NAMES, USE_GRADIENT
from grader.mutation.numerics import ADD_EPSILON, CLIPPING, FLOAT32, ROUNDING
from grader.mutation.order import SWAP_CONCATENATION, SWAP_GATES
from grader.mutation.products import MATMUL_TO_ELEMENTWISE, TRANSPOSE, WRONG_POWER
from grader.mutation.results import DROP_RESULT
from grader.mutation.scale import SCALE
from grader.mutation.sizes import HARD_CODED_SIZE
from grader.mutation.states import DROP_CARRY, WRONG_INITIAL_STATE
from grader.mutation.sums import OVERWRITE_SUM, SWAP_REDUCTION
from grader.mutation.terms import (
    COMPLEMENT_FACTOR,
    DROP_BIAS,
    DROP_FACTOR,
    DROP_PARENTHESES,
    DROP_TERM,
    SWAP_SIGN,
)
from grader.mutation.time import REVERSE_TIME, SHIFT_TIME

OPERATORS = (
    # what has a name of its own
    DROP_CARRY,
    WRONG_INITIAL_STATE,
    SHIFT_TIME,
    REVERSE_TIME,
    DROP_BIAS,
    WRONG_DERIVATIVE,
    SWAP_CONCATENATION,
    SWAP_GATES,
    USE_GRADIENT,
    DROP_RESULT,
    # one part of a formula
    OVERWRITE_SUM,
    SWAP_REDUCTION,
    DROP_ACTIVATION,
    SWAP_ACTIVATION,
    REPEAT_ACTIVATION,
    TRANSPOSE,
    MATMUL_TO_ELEMENTWISE,
    WRONG_POWER,
    WRONG_AXIS,
    BROADCAST,
    OFF_BY_ONE,
    HARD_CODED_SIZE,
    SWAP_COMPARISON,
    DROP_CHECK,
    CHANGE_INPUT_IN_PLACE,
    # what changes numbers a little
    FLOAT32,
    ADD_EPSILON,
    ROUNDING,
    CLIPPING,
    # what may be anything
    DROP_PARENTHESES,
    DROP_TERM,
    SWAP_SIGN,
    DROP_FACTOR,
    COMPLEMENT_FACTOR,
    SCALE,
    SWAP_NAMES,
)
