"""Lesson 8: clipping, the LSTM and the GRU."""

import math

import numpy as np

from keraslm.cells.gru import GRU
from keraslm.cells.lstm import LSTM
from keraslm.course.exercise import Cases, Draw, Lesson

LESSON = Lesson(8, "gates", "Gates")


def _gradients(draw: Draw) -> Cases:
    yield [np.array([3.0]), np.array([4.0])], 1.0
    yield [np.array([0.3, 0.4])], 1.0
    for shapes in (((2,), (2, 2)), ((3, 4), (4,), (4, 2))):
        yield [draw.normal(*shape) for shape in shapes], 1.5


def _norm(gradients: list[np.ndarray]) -> float:
    return math.sqrt(sum(float((g**2).sum()) for g in gradients))


@LESSON.exercise(
    cases=_gradients,
    hints=(
        "The direction stays: all gradients are multiplied by one number, at most 1.",
        "Look at the norm: is it of one array, or of all of them together?",
        "What becomes of gradients whose norm is below the limit?",
    ),
    mistakes={
        "clips each array by its own norm": lambda gradients, limit: [
            g * min(1, limit / _norm([g])) for g in gradients
        ],
        "scales small gradients up": lambda gradients, limit: [
            g * limit / _norm(gradients) for g in gradients
        ],
        "clips by value": lambda gradients, limit: [
            np.clip(g, -limit, limit) for g in gradients
        ],
        "forgets the square root": lambda gradients, limit: [
            g * min(1, limit / _norm(gradients) ** 2) for g in gradients
        ],
        "clips nothing": lambda gradients, limit: gradients,
    },
    properties={
        "the norm of all together is at most the limit": lambda value, g, limit: (
            _norm([*map(np.asarray, value)]) <= limit + 1e-9
        ),
    },
)
def clip_by_norm(gradients: list[np.ndarray], limit: float) -> list[np.ndarray]:
    """Scale gradients so that the norm of all together is at most the limit.

    Math: g <- g min(1, limit / norm),  norm = sqrt(sum of the squares of all numbers)
    """
    scale = min(1.0, limit / _norm(gradients))
    return [g * scale for g in gradients]


@LESSON.exercise(
    cases=_gradients,
    hints=(
        "No number is left beyond the limit, and those within it stay.",
        "Look at negative numbers.",
        "What becomes of -7, if the limit is 5?",
    ),
    mistakes={
        "cuts positive numbers alone": lambda gradients, limit: [
            np.minimum(g, limit) for g in gradients
        ],
        "clips by norm": lambda gradients, limit: [
            g * min(1, limit / _norm(gradients)) for g in gradients
        ],
        "sets what is too large to 0": lambda gradients, limit: [
            np.where(np.abs(g) > limit, 0, g) for g in gradients
        ],
        "loses the sign": lambda gradients, limit: [
            np.minimum(np.abs(g), limit) for g in gradients
        ],
    },
    properties={
        "no number is beyond the limit": lambda value, gradients, limit: all(
            bool(np.all(np.abs(g) <= limit)) for g in value
        ),
    },
)
def clip_by_value(gradients: list[np.ndarray], limit: float) -> list[np.ndarray]:
    """Cut each number of the gradients off at the limit and at its negative."""
    return [np.clip(g, -limit, limit) for g in gradients]


Arrays = tuple[np.ndarray, ...]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _in_order(order: tuple[int, ...], weights: Arrays) -> Arrays:
    """Give weights with their blocks of columns in another order."""
    cut = [np.split(each, len(order), axis=-1) for each in weights]
    return tuple(np.concatenate([w[k] for k in order], axis=-1) for w in cut)


def _lstm_cases(draw: Draw) -> Cases:
    for batch, features, units in ((1, 1, 1), (1, 2, 2), (3, 2, 4)):
        yield (
            draw.normal(batch, features),
            draw.normal(batch, units),
            draw.normal(batch, units),
            draw.normal(features, 4 * units),
            draw.normal(units, 4 * units),
            draw.normal(4 * units),
        )


def _lstm(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, *weights: np.ndarray
) -> dict[str, np.ndarray]:
    return LSTM(h.shape[1]).values(x, (h, c), weights)


def _h_and_c(values: dict[str, np.ndarray]) -> Arrays:
    return values["h"], values["c"]


def _written(v: dict[str, np.ndarray], c: np.ndarray) -> Arrays:
    """Show another new content of the cell."""
    return v["o"] * np.tanh(c), c


def _wrong_g(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, *weights: np.ndarray
) -> Arrays:
    v = _lstm(x, h, c, *weights)
    return _written(v, v["f"] * c + v["i"] * _sigmoid(np.arctanh(v["g"])))


def _no_tanh(*given: np.ndarray) -> Arrays:
    v = _lstm(*given)
    return v["o"] * v["c"], v["c"]


def _tied(x: np.ndarray, h: np.ndarray, c: np.ndarray, *weights: np.ndarray) -> Arrays:
    v = _lstm(x, h, c, *weights)
    return _written(v, v["f"] * c + (1 - v["f"]) * v["g"])


def _old_cell(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, *weights: np.ndarray
) -> Arrays:
    v = _lstm(x, h, c, *weights)
    return v["o"] * np.tanh(c), v["c"]


@LESSON.exercise(
    cases=_lstm_cases,
    hints=(
        "With f = 1 and i = 0 the cell keeps what it holds.",
        "Look at the order of the four blocks of columns, and at which one has a tanh.",
        "Does h come from the old cell, or from the new one?",
    ),
    mistakes={
        "takes the blocks as i, f, o, g": lambda x, h, c, *weights: _h_and_c(
            _lstm(x, h, c, *_in_order((0, 1, 3, 2), weights))
        ),
        "takes the blocks as f, i, g, o": lambda x, h, c, *weights: _h_and_c(
            _lstm(x, h, c, *_in_order((1, 0, 2, 3), weights))
        ),
        "squashes the new content with a sigmoid": _wrong_g,
        "shows the cell without tanh": _no_tanh,
        "writes 1 - f, not i": _tied,
        "shows the old cell": _old_cell,
        "gives c before h": lambda *given: _h_and_c(_lstm(*given))[::-1],
    },
    properties={
        "there are two arrays of the state's shape": lambda value, x, h, *others: (
            len(value) == 2 and all(np.shape(each) == h.shape for each in value)
        ),
        "h lies between -1 and 1": lambda value, *given: bool(
            np.all(np.abs(value[0]) <= 1)
        ),
    },
)
def lstm_step(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Give the next h and c of a long short-term memory.

    The columns of W and U, and b, are four blocks in the order i, f, g, o, as Keras has
    them.

    Math:   z = x W + h U + b,   i, f, o = sigmoid of a block,   g = tanh of a block
            c' = f * c + i * g,   h' = o * tanh(c')
    Shapes: x (batch, features), h and c (batch, units), W (features, 4 units),
            U (units, 4 units), b (4 units,) -> (batch, units) twice
    """
    values = _lstm(x, h, c, W, U, b)
    return values["h"], values["c"]


def _gru_cases(draw: Draw) -> Cases:
    for batch, features, units in ((1, 1, 1), (1, 2, 2), (3, 2, 4)):
        yield (
            draw.normal(batch, features),
            draw.normal(batch, units),
            draw.normal(features, 3 * units),
            draw.normal(units, 3 * units),
            draw.normal(3 * units),
        )


def _gru(
    x: np.ndarray, h: np.ndarray, *weights: np.ndarray, reset_after: bool = False
) -> np.ndarray:
    state: np.ndarray = GRU(h.shape[1], reset_after).step(x, (h,), weights)[0]
    return state


def _after(
    x: np.ndarray,
    h: np.ndarray,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    b_h: np.ndarray | float = 0.0,
) -> np.ndarray:
    biases = np.stack([b, b_h * np.ones_like(b)])
    return _gru(x, h, W, U, biases, reset_after=True)


def _other_z(
    x: np.ndarray, h: np.ndarray, *weights: np.ndarray, reset_after: bool = False
) -> np.ndarray:
    v = GRU(h.shape[1], reset_after).values(x, (h,), weights)
    state: np.ndarray = (1 - v["z"]) * h + v["z"] * v["g"]
    return state


def _opened(b: np.ndarray) -> np.ndarray:
    """Give biases with which r is 1."""
    return b + np.repeat([0.0, 99.0, 0.0], b.shape[-1] // 3)


@LESSON.exercise(
    cases=_gru_cases,
    hints=(
        "With z = 1 the state stays as it is.",
        "Look at where r enters: before the product with U_g, or after it?",
        "Is it z that keeps the old state, or 1 - z?",
    ),
    mistakes={
        "applies r after the product": _after,
        "lets 1 - z keep the old state": _other_z,
        "takes the blocks as r, z, g": lambda x, h, *weights: _gru(
            x, h, *_in_order((1, 0, 2), weights)
        ),
        "forgets r": lambda x, h, W, U, b: _gru(x, h, W, U, _opened(b)),
    },
)
def gru_step(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Give the next state of a gated recurrent unit, with r before the product.

    The columns of W and U, and b, are three blocks in the order z, r, g, as Keras has
    them: this is its GRU with reset_after=False.

    Math:   z = sigmoid(x W_z + h U_z + b_z),   r = sigmoid(x W_r + h U_r + b_r)
            g = tanh(x W_g + (r * h) U_g + b_g)
            h' = z * h + (1 - z) * g
    Shapes: x (batch, features), h (batch, units), W (features, 3 units),
            U (units, 3 units), b (3 units,) -> (batch, units)
    """
    return _gru(x, h, W, U, b)


def _reset_after_cases(draw: Draw) -> Cases:
    for *others, b in _gru_cases(draw):
        yield (*others, np.stack([b, draw.normal(len(b))]))


@LESSON.exercise(
    cases=_reset_after_cases,
    hints=(
        "If all r are 1, both forms of the GRU are the same but for the biases.",
        "Look at which bias r multiplies.",
        "Is the second row of b added to h U before r multiplies it?",
    ),
    mistakes={
        "applies r before the product": lambda x, h, W, U, b: _gru(
            x, h, W, U, b.sum(axis=0)
        ),
        "lets 1 - z keep the old state": lambda *given: _other_z(
            *given, reset_after=True
        ),
        "forgets the state's bias": lambda x, h, W, U, b: _after(x, h, W, U, b[0]),
        "adds both biases outside of r": lambda x, h, W, U, b: _after(
            x, h, W, U, b.sum(axis=0)
        ),
        "changes the two biases round": lambda x, h, W, U, b: _after(
            x, h, W, U, b[1], b[0]
        ),
        "forgets r": lambda x, h, W, U, b: _after(x, h, W, U, _opened(b[0]), b[1]),
    },
)
def gru_step_reset_after(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Give the next state of a gated recurrent unit, with r after the product.

    This is Keras's default, reset_after=True. The first row of b is added to x W, the
    second one, b', to h U. The blocks are z, r, g.

    Math:   z = sigmoid(x W_z + b_z + h U_z + b'_z),   r likewise
            g = tanh(x W_g + b_g + r * (h U_g + b'_g))
            h' = z * h + (1 - z) * g
    Shapes: x (batch, features), h (batch, units), W (features, 3 units),
            U (units, 3 units), b (2, 3 units) -> (batch, units)
    """
    return _gru(x, h, W, U, b, reset_after=True)


def _biases(draw: Draw) -> Cases:
    yield (0.0,)
    yield (5.0,)
    for _ in range(3):
        yield (float(draw.rng.uniform(-2, 8)),)


def _steps_to_half(f: float) -> float:
    return math.log(0.5) / math.log(f)


def _gate(bias: float) -> float:
    return 1 / (1 + math.exp(-bias))


@LESSON.exercise(
    cases=_biases,
    hints=(
        "With the bias 0 the gate is one half, so one step leaves half.",
        "Look at the logarithms.",
        "After how many steps n is f to the power of n one half?",
    ),
    mistakes={
        "gives the steps until 1/e is left": lambda bias: -1 / math.log(_gate(bias)),
        "gives what one step loses": lambda bias: 0.5 / (1 - _gate(bias)),
        "takes the bias for the gate": _steps_to_half,
        "uses tanh for the gate": lambda bias: _steps_to_half(math.tanh(bias)),
        "turns the quotient round": lambda bias: 1 / _steps_to_half(_gate(bias)),
    },
    properties={"a number of steps is positive": lambda value, bias: value > 0},
)
def steps_to_half(forget_bias: float) -> float:
    """Give the number of steps after which a cell holds half of what it held.

    Its forget gate is f = sigmoid(forget_bias) all the time, and nothing is written.
    The number need not be whole; with a bias of 5 it is 103.2 steps.
    """
    return _steps_to_half(_gate(forget_bias))
