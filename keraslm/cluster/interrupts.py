"""What a worker on this machine does at Ctrl-C: nothing, for the run ends it.

Workers that start with the run inherit that; those that replace a lost one do not.
"""

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Leave the signal, which a terminal sends to all processes, to the run.

    Dask calls it by this name when a worker starts.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
