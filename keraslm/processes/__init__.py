"""Several processes that train one model: how they meet, agree, and end together."""

from keraslm.processes.alone import ALONE, Alone
from keraslm.processes.place import Processes

__all__ = ["ALONE", "Alone", "Processes"]
