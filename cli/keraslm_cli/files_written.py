"""Tables that a command writes to a file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_csv(table: "pd.DataFrame", path: str) -> None:
    """Write a table as CSV, atomically; its index too, where it has a name."""
    from keraslm.files.writing import write_atomically

    named = any(name is not None for name in table.index.names)
    with write_atomically(path) as temporary:
        table.to_csv(temporary, index=named)
