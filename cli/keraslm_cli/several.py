"""The flags of a training on several devices or machines, and what they come to."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli.help_page import GroupedOption

if TYPE_CHECKING:
    from keraslm.processes import Processes

HEADING = "Several devices or machines (every model but ngram)"
NAMES = ("coordinator", "processes", "process", "wait")
FLAGS: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "--distribute",
        {"type": click.Choice(("data",))},
        "Share the rows of each batch among devices, on JAX: all of this machine, or "
        "those of all processes.  [default: one device]",
    ),
    (
        "--coordinator",
        {"metavar": "HOST:PORT"},
        "Where process 0 listens for the others.  [default: as SLURM or Kubernetes "
        "say, else one process]",
    ),
    (
        "--processes",
        {"metavar": "N", "type": click.INT},
        "How many processes there are.  [default: as SLURM or Kubernetes say]",
    ),
    (
        "--process",
        {"metavar": "I", "type": click.INT},
        "Which of them this is, 0 to N - 1; 0 writes the run.  [default: as SLURM or "
        "Kubernetes say]",
    ),
    (
        "--wait",
        {"metavar": "SECONDS", "type": click.FloatRange(min=0, min_open=True)},
        "How long the processes wait for each other at the start.  [default: 300]",
    ),
)


def several_options(function: Any) -> Any:
    """Give a command the flags."""
    for flag, settings, says in reversed(FLAGS):
        option: Callable[[Any], Any] = click.option(
            flag, cls=GroupedOption, group=HEADING, help=says, **settings
        )
        function = option(function)
    return function


@dataclasses.dataclass(frozen=True)
class Shared:
    """The rows of a batch are shared; without `processes`, on this machine alone."""

    processes: "Processes | None"


def taken_out(flags: dict[str, Any]) -> Shared | None:
    """Take these flags out of all flags of a command; None if one device trains.

    Raises: UsageError for processes without a way to share, or if something is missing.
    """
    own = {name: flags.pop(name) for name in ("distribute", *NAMES)}
    given = {name: value for name, value in own.items() if value is not None}
    if not given:
        return None
    if "distribute" not in given:
        raise UsageError(f"`{next(iter(given))}` goes with `distribute='data'`")
    from keraslm.processes import Processes

    return Shared(Processes.of(**{name: given.get(name) for name in NAMES}))


def refuse(shared: Shared | None, what: str) -> None:
    """Refuse the flags where one device trains.

    Raises: UsageError
    """
    if shared is not None:
        raise UsageError(
            f"`distribute='data'` trains a causal language model; {what} is for one "
            "device: leave one out"
        )
