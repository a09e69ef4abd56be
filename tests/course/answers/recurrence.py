"""Two right answers to each exercise of lesson 7, and wrong ones."""

import numpy as np


def rnn_step(x, h, W, U, b):
    return np.tanh(x @ W + h @ U + b)


def rnn_step_2(x, h, W, U, b):
    return np.tanh(np.hstack([x, h]) @ np.vstack([W, U]) + b)


def rnn_states(x, h, W, U, b):
    states = []
    for t in range(len(x)):
        h = np.tanh(x[t] @ W + h @ U + b)
        states.append(h)
    return np.stack(states)


def rnn_states_2(x, h, W, U, b):
    z = x @ W + b
    states = np.zeros((len(x) + 1, len(h)))
    states[0] = h
    for t, row in enumerate(z):
        states[t + 1] = np.tanh(row + U.T @ states[t])
    return states[1:].tolist()


def contributions(x, h, w, u):
    states = [h]
    for x_t in x:
        states.append(np.tanh(w * x_t + u * states[-1]))
    found = []
    error = 1.0
    for t in reversed(range(len(x))):
        error = error * (1 - states[t + 1] ** 2)
        found.insert(0, error * states[t])
        error = error * u
    return found


def contributions_2(x, h, w, u):
    """By central differences, with a u of its own at each step."""

    def last(us):
        state = h
        for x_t, u_t in zip(x, us):
            state = np.tanh(w * x_t + u_t * state)
        return state

    us, e = np.full(len(x), u), 1e-5
    steps = np.eye(len(x)) * e
    return [(last(us + step) - last(us - step)) / (2 * e) for step in steps]


def truncated_gradient(x, h, w, u, steps):
    return sum(contributions(x, h, w, u)[-steps:])


def truncated_gradient_2(x, h, w, u, steps):
    """Forward: the derivative is carried along from where it is to begin."""
    slope = 0.0
    for t, x_t in enumerate(x):
        new = np.tanh(w * x_t + u * h)
        if t >= len(x) - steps:
            slope = (1 - new**2) * (h + u * slope)
        h = new
    return slope


MUTANTS = {
    "rnn_step": {
        "forgets the old state": (" + h @ U", ""),
        "forgets the bias": (" + b", ""),
        "squashes with a sigmoid": (
            "np.tanh(x @ W + h @ U + b)",
            "1 / (1 + np.exp(-(x @ W + h @ U + b)))",
        ),
        "multiplies by U's transpose": ("h @ U", "h @ U.T"),
        "squashes nothing": ("np.tanh", ""),
        "adds the old state as it is": ("h @ U", "h"),
        "multiplies the wrong way round": ("h @ U", "(U @ h.T).T"),
    },
    "rnn_states": {
        "starts from zeros": ("    states = []", "    h, states = 0 * h, []"),
        "starts each step from the first state": (
            "        h = np.tanh",
            "        s = np.tanh",
            "append(h)",
            "append(s)",
        ),
        "gives the last state alone": ("np.stack(states)", "states[-1]"),
        "reads from the end": ("x[t] @", "x[-t - 1] @"),
        "gives the state before each step": (
            "        h = np",
            "        states.append(h)\n        h = np",
            "        states.append(h)\n    return",
            "    return",
        ),
        "stops a step early": ("range(len(x))", "range(max(len(x) - 1, 1))"),
    },
    "contributions": {
        "forgets the slope of tanh": ("error * (1 - states[t + 1] ** 2)", "error"),
        "forgets u on the way back": ("error = error * u", "error = error"),
        "gives the last step first": ("return found", "return found[::-1]"),
        "adds them up": ("return found", "return sum(found)"),
        "keeps the last step alone": (
            "return found",
            "return [0.0] * (len(found) - 1) + found[-1:]",
        ),
        "multiplies by the new state": ("error * states[t])", "error * states[t + 1])"),
        "takes the slope of the state before": ("states[t + 1] ** 2", "states[t] ** 2"),
    },
    "truncated_gradient": {
        "truncates nothing": ("[-steps:]", ""),
        "keeps the oldest steps": ("[-steps:]", "[:steps]"),
        "keeps one step more": ("[-steps:]", "[-steps - 1 :]"),
        "starts the state anew where the gradient ends": (
            "(x, h, w, u)",
            "(x[-steps:], 0.0, w, u)",
        ),
        "averages": ("sum(", "np.mean("),
        "gives the oldest contribution that is kept": (
            "sum(",
            "(",
            "[-steps:]",
            "[-steps:][0]",
        ),
    },
}
