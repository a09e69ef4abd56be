"""Cells by name: those of the library, and those that a user adds."""

from typing import Any

from keraslm.cells.cell import Cell
from keraslm.cells.gru import GRU
from keraslm.cells.lstm import LSTM
from keraslm.cells.simple_rnn import SimpleRNN
from keraslm.errors import UsageError

_CELLS: dict[str, type[Cell]] = {"rnn": SimpleRNN, "gru": GRU, "lstm": LSTM}


def register(cell: type[Cell], name: str | None = None) -> type[Cell]:
    """Let a class of cells be named in model files and in `--model`; gives the class.

    The name is the class's own in lower case unless given. Register a cell before a
    model with it is opened: nothing in a file is executed, so its equations come from
    the program that opens it.
    Raises: UsageError if another class has the name.
    """
    name = name or cell.__name__.lower()
    known = _CELLS.setdefault(name, cell)
    if known is not cell and _origin(known) != _origin(cell):
        raise UsageError(f"the cell {name!r} is there already; give another name")
    _CELLS[name] = cell
    return cell


def names() -> tuple[str, ...]:
    """Give the names of all cells, the library's own first."""
    return tuple(_CELLS)


def name_of(cell: Cell) -> str:
    """Give the name under which a cell's class is registered.

    Raises: UsageError if it is not.
    """
    for name, known in _CELLS.items():
        if type(cell) is known:
            return name
    kind = type(cell).__name__
    raise UsageError(
        f"the cell {kind} has no name to be stored under; call "
        f"keraslm.cells.register({kind}) first"
    )


def new_cell(name: str, **config: Any) -> Cell:
    """Make a cell of a name.

    Raises: UsageError for a name that is not registered, or as the cell does.
    """
    if name not in _CELLS:
        raise UsageError(
            f"cell must be one of {', '.join(_CELLS)}; received {name!r:.60}; one of "
            "your own needs keraslm.cells.register(ITS_CLASS) first"
        )
    return _CELLS[name](**config)


def _origin(cell: type[Cell]) -> tuple[str, str]:
    """A class that a notebook defines again is the same one."""
    return cell.__module__, cell.__qualname__
