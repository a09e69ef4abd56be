"""A classic mistake beside what is right, and the tool that tells them apart."""

import dataclasses
from collections.abc import Callable

from keraslm.audit.check import Check
from keraslm.course.exercise import Function


@dataclasses.dataclass(frozen=True)
class Bug:
    """A mistake that programs of language models are known for.

    `mistaken` and `right` take the same arguments. `check` tries one of them, or a
    function of your own, with the tool that `revealed_by` names; it passes what is
    right. `symptom` is what the user sees. `seen` is a public thread, "owner/name#7" on
    GitHub, or "common" where none is known.
    """

    name: str
    symptom: str
    revealed_by: str
    seen: str
    mistaken: Function
    right: Function
    check: Callable[[Function], Check]
