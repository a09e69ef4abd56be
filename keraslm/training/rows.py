"""The rows of a batch, shared out among devices while a network is trained."""

import contextlib
from collections.abc import Iterator

from keraslm.processes import Alone
from keraslm.training.reporter import Reporter


@contextlib.contextmanager
def shared_rows(distribute: bool, group: Alone, reporter: Reporter) -> Iterator[None]:
    """Share the rows among all devices within, if that is asked for."""
    if not distribute:
        yield
        return
    from keraslm.kernels.devices import data_parallel

    with data_parallel() as devices:
        of = f" of {group.count} processes" if group.count > 1 else ""
        reporter.note(f"the rows of a batch are shared by {devices} devices{of}")
        yield
