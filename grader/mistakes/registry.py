"""Every operator, in the order in which they are tried: of two that make the same change, the first names it."""

from __future__ import annotations

from grader.mistakes.operators.activations import DROP_ACTIVATION, REPEAT_ACTIVATION, SWAP_ACTIVATION
from grader.mistakes.operators.axes import BROADCAST, WRONG_AXIS
from grader.mistakes.operators.checks import DROP_CHECK, SWAP_COMPARISON
from grader.mistakes.operators.counts import HARD_CODED_SIZE, OFF_BY_ONE
from grader.mistakes.operators.derivatives import WRONG_DERIVATIVE
from grader.mistakes.operators.gates import COUPLED_GATES
from grader.mistakes.operators.inputs import CHANGE_INPUT_IN_PLACE
from grader.mistakes.operators.names import SWAP_NAMES, USE_GRADIENT
from grader.mistakes.operators.numerics import ADD_EPSILON, CLIPPING, FLOAT32, ROUNDING
from grader.mistakes.operators.order import SWAP_CONCATENATION, SWAP_GATES, SWAP_ORDER
from grader.mistakes.operators.products import MATMUL_TO_ELEMENTWISE, TRANSPOSE, WRONG_POWER
from grader.mistakes.operators.scale import SCALE
from grader.mistakes.operators.states import DROP_CARRY, DROP_RESULT, WRONG_INITIAL_STATE
from grader.mistakes.operators.sums import OVERWRITE_SUM, SWAP_REDUCTION
from grader.mistakes.operators.terms import (
    COMPLEMENT_FACTOR,
    DROP_BIAS,
    DROP_FACTOR,
    DROP_PARENTHESES,
    DROP_TERM,
    SWAP_SIGN,
)
from grader.mistakes.operators.time import REVERSE_TIME, SHIFT_TIME

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
    COUPLED_GATES,
    SWAP_ORDER,
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
