"""A run on all devices of this machine, or of the processes of several machines."""

import contextlib
import functools
import os
import socket
from collections.abc import Iterator
from typing import Any

from keraslm.backend import check_backend, chosen_backend
from keraslm.errors import UsageError
from keraslm.processes import Processes
from keraslm.processes.aborts import aborts_in_a_line
from keraslm.processes.group import First, Other
from keraslm.processes.joining import call, gather
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.training.folder import RunFolder
from keraslm.training.follow import follow
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter
from keraslm.training.run import Run, check_options, default_folder, train
from keraslm.version import __version__

PLACES = ("corpus", "out", "init_from", "embeddings", "classes")  # differ by machine
WHY_NOT = {
    "tensorflow": "TensorFlow's strategies give each device its rows of a batch, but "
    "the carried state of all rows, and its workers do not work with Keras 3's fit",
    "torch": "Keras has no distribution for PyTorch",
}


def train_on_several(
    c: Configuration,
    processes: Processes | None = None,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    resume: bool = False,
) -> Run | None:
    """Train as `train` does, the rows of a batch shared out among devices.

    Without `processes` the devices are all those of this machine; else those of all
    processes, each of which calls this function with the same options and texts. The
    first one writes the run; the others give None.

    The losses are those of one device, but for the order of sums. An end of one process
    ends the others, and the run goes on from its checkpoint on any number of them.

    Raises: what `train` raises; UsageError on another backend than JAX, for a batch
        that the devices cannot share out evenly, and in all processes if one has other
        options or texts; TrainingError if they do not come together in time;
        ProcessGone if one ends before the others; the program then ends with status 1
        within seconds, since JAX cannot part from a process that is gone.
    """
    check_distributes(c)
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or c.corpus, c.encoding, c.split)
    run = functools.partial(
        train, c, corpus, overwrite, reporter, command, resume, distribute=True
    )
    if processes is None:
        return run()
    check_options(c)
    folder = RunFolder(c.out or default_folder(c, corpus))
    if processes.is_first:
        folder.check(overwrite or resume)
    with _together(c, processes) as group:
        if isinstance(group, Other):
            follow(c, corpus, group)
            return None
        group.advice = folder.where_to_go_on
        return run(group=group)


def check_distributes(c: Configuration) -> None:
    """Refuse before any work what cannot be shared out among devices.

    Raises: UsageError
    """
    if c.model == "ngram":
        raise UsageError(
            "`distribute='data'` shares the steps of a network; ngram is counted: "
            "leave it out"
        )
    check_backend()
    name = chosen_backend()
    if name in WHY_NOT:
        raise UsageError(
            f"`distribute='data'` needs JAX ({WHY_NOT[name]}): pip install jax, and "
            f"set KERAS_BACKEND=jax; received {name}"
        )


@contextlib.contextmanager
def _together(c: Configuration, p: Processes) -> Iterator[First | Other]:
    """Come together with the other processes, and let JAX do so."""
    from keraslm.kernels.devices import start, stop

    options = _compared(c)
    group: First | Other
    if p.is_first:
        group = First(p.count, gather(p, options))
    else:
        group = Other(p.index, p.count, call(p, options))
    with group.running(), aborts_in_a_line(), group.watched():
        start(p, group.shared(_free_port), c.seed)
        yield group
        group.end()
        stop()


def _compared(c: Configuration) -> dict[str, Any]:
    """Give what all processes must have alike before anything is read."""
    from keraslm.kernels.devices import versions

    options = {n: v for n, v in c.to_dict().items() if n not in PLACES}
    return options | {"version of keraslm": __version__} | versions()


def _free_port() -> int:
    """Give a port of this machine for JAX's own connections."""
    with socket.socket() as tried:
        tried.bind(("", 0))
        return int(tried.getsockname()[1])
