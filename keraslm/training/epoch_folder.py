"""The folder RUN of a training that is measured epoch by epoch."""

import csv
from typing import Any

from keraslm.files.archive import redescribe
from keraslm.files.writing import write_atomically
from keraslm.training.folder import RunFolder


class EpochFolder(RunFolder):
    """The files of a run: model, configuration, history, card and checkpoint."""

    def write_history(self, rows: list[dict[str, Any]]) -> None:
        """Write a line for each epoch."""
        with (
            write_atomically(self.history) as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def finish(self, metadata: dict[str, Any], card: dict[str, Any]) -> None:
        """Write the card, also into the model."""
        metadata["card"] = card
        redescribe(self.model, metadata)
        self.write_card(card)
