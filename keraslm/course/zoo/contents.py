"""The bugs of the zoo, by the names of their files."""

import importlib

from keraslm.course.zoo.bug import Bug

NAMES = (
    "target_off_by_one",
    "state_not_carried",
    "state_leaked",
    "padding_in_the_loss",
    "log_of_zero",
    "vocabulary_of_the_test_text",
    "perplexity_averaged",
    "exponentials_averaged",
    "weighted_by_lines",
    "softmax_axis",
    "softmax_twice",
    "future_leak",
    "start_counted",
    "base_two",
    "greedy_sampling",
    "embedding_row",
    "clipped_after_the_step",
    "mask_of_the_prediction",
)


def bugs() -> dict[str, Bug]:
    """Give the bugs, by the names of their files."""
    rooms = {n: importlib.import_module(f"keraslm.course.zoo.{n}") for n in NAMES}
    return {name: room.BUG for name, room in rooms.items()}
