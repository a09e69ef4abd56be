"""Lesson 7: a recurrent network, and backpropagation through time by hand."""

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson

LESSON = Lesson(7, "recurrence", "Recurrence")


def _steps(draw: Draw) -> Cases:
    for batch, features, units in ((1, 1, 1), (1, 2, 1), (2, 3, 4), (5, 4, 3)):
        yield (
            draw.normal(batch, features),
            draw.normal(batch, units),
            draw.normal(features, units),
            draw.normal(units, units),
            draw.normal(units),
        )


@LESSON.exercise(
    cases=_steps,
    hints=(
        "Each new number lies between -1 and 1 and depends on x, on h and on b.",
        "Look at the order of each matrix product.",
        "Is h a row for each text? Then on which side of U does it stand?",
    ),
    mistakes={
        "forgets the old state": lambda x, h, W, U, b: np.tanh(x @ W + b),
        "forgets the bias": lambda x, h, W, U, b: np.tanh(x @ W + h @ U),
        "squashes with a sigmoid": lambda x, h, W, U, b: (
            1 / (1 + np.exp(-(x @ W + h @ U + b)))
        ),
        "multiplies by U's transpose": lambda x, h, W, U, b: np.tanh(
            x @ W + h @ U.T + b
        ),
        "squashes nothing": lambda x, h, W, U, b: x @ W + h @ U + b,
        "adds the old state as it is": lambda x, h, W, U, b: np.tanh(x @ W + h + b),
    },
    properties={
        "tanh lies between -1 and 1": lambda value, *given: bool(
            np.all(np.abs(value) <= 1)
        ),
    },
)
def rnn_step(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Give the next state of a simple recurrent network.

    Math:   h' = tanh(x W + h U + b)
    Shapes: x (batch, features), h (batch, units), W (features, units),
            U (units, units), b (units,) -> (batch, units)
    """
    state: np.ndarray = np.tanh(x @ W + h @ U + b)
    return state


def _texts(draw: Draw) -> Cases:
    for time, features, units in ((1, 1, 1), (2, 1, 1), (3, 2, 4), (12, 3, 2)):
        yield (
            draw.normal(time, features),
            draw.normal(units),
            draw.normal(features, units),
            draw.normal(units, units),
            draw.normal(units),
        )


def _states(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    states = []
    for x_t in x:
        h = np.tanh(x_t @ W + h @ U + b)
        states.append(h)
    return np.array(states)


@LESSON.exercise(
    cases=_texts,
    hints=(
        "The state at time t does not change if later inputs do.",
        "Look at which state each step starts from.",
        "Where does the h that you were given enter?",
    ),
    mistakes={
        "starts from zeros": lambda x, h, W, U, b: _states(x, 0 * h, W, U, b),
        "starts each step from the first state": lambda x, h, W, U, b: np.tanh(
            x @ W + h @ U + b
        ),
        "gives the last state alone": lambda x, h, W, U, b: _states(x, h, W, U, b)[-1],
        "reads from the end": lambda x, h, W, U, b: _states(x[::-1], h, W, U, b),
        "gives the state before each step": lambda x, h, W, U, b: np.vstack(
            [h, _states(x, h, W, U, b)[:-1]]
        ),
    },
)
def rnn_states(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Give the states of a simple recurrent network after each input of a text.

    h is the state before the first input.

    Math:   h_t = tanh(x_t W + h_{t-1} U + b)
    Shapes: x (time, features), h (units,) -> (time, units)
    """
    return _states(x, h, W, U, b)


def _scalars(draw: Draw) -> Cases:
    for time in (1, 2, 3, 6):
        w, u, h = draw.rng.uniform(0.2, 1, 3).tolist()
        yield draw.normal(time).tolist(), h, w, u


def _contributions(
    x: list[float], h: float, w: float, u: float, slopes: bool = True, power: float = 1
) -> list[float]:
    states = [h]
    for x_t in x:
        states.append(float(np.tanh(w * x_t + u * states[-1])))
    found, passed = [], 1.0
    for t in range(len(x), 0, -1):
        slope = 1 - states[t] ** 2 if slopes else 1.0
        found.append(passed * slope * states[t - 1])
        passed *= slope * u**power
    return found[::-1]


@LESSON.exercise(
    cases=_scalars,
    hints=(
        "The contributions add up to the derivative of the last state by u.",
        "Look at what the error passes on its way back: each tanh, and each u.",
        "How many times does the first step's contribution pass u?",
    ),
    mistakes={
        "forgets the slope of tanh": lambda x, h, w, u: _contributions(
            x, h, w, u, slopes=False
        ),
        "forgets u on the way back": lambda x, h, w, u: _contributions(
            x, h, w, u, power=0
        ),
        "gives the last step first": lambda x, h, w, u: _contributions(x, h, w, u)[
            ::-1
        ],
        "adds them up": lambda x, h, w, u: sum(_contributions(x, h, w, u)),
        "keeps the last step alone": lambda x, h, w, u: [
            c * (t == len(x) - 1) for t, c in enumerate(_contributions(x, h, w, u))
        ],
    },
    properties={
        "there is a contribution for each step": lambda value, x, h, w, u: (
            len(value) == len(x)
        ),
    },
)
def contributions(x: list[float], h: float, w: float, u: float) -> list[float]:
    """Give what each time step contributes to the derivative of the last state by u.

    The network has one unit: h_t = tanh(w x_t + u h_{t-1}), h_0 = h. The contribution
    of step t is that of the u which is used at time t alone, the first step first.

    Math: c_t = (product over k = t+1 .. T of (1 - h_k^2) u) (1 - h_t^2) h_{t-1}
    """
    return _contributions(x, h, w, u)


def _truncations(draw: Draw) -> Cases:
    for case, steps in zip(_scalars(draw), (1, 1, 2, 3), strict=True):
        yield (*case, steps)
    yield [0.5, -0.5], 0.3, 0.5, 0.8, 5


@LESSON.exercise(
    cases=_truncations,
    hints=(
        "With as many steps as the text has, the whole gradient comes out.",
        "Look at which contributions are kept: the newest, or the oldest?",
        "What do you keep if the text is shorter than `steps`?",
    ),
    mistakes={
        "truncates nothing": lambda x, h, w, u, steps: sum(_contributions(x, h, w, u)),
        "keeps the oldest steps": lambda x, h, w, u, steps: sum(
            _contributions(x, h, w, u)[:steps]
        ),
        "keeps one step more": lambda x, h, w, u, steps: sum(
            _contributions(x, h, w, u)[-steps - 1 :]
        ),
        "starts the state anew where the gradient ends": lambda x, h, w, u, steps: sum(
            _contributions(x[-steps:], 0.0, w, u)
        ),
    },
)
def truncated_gradient(
    x: list[float], h: float, w: float, u: float, steps: int
) -> float:
    """Give the derivative of the last state by u, going back `steps` time steps.

    The network is that of `contributions`. The state is computed from the beginning;
    only the gradient stops: the newest `steps` contributions are added up.
    """
    return sum(_contributions(x, h, w, u)[-steps:])
