"""What a rung came to, and the file that keeps it."""

import dataclasses
import json
import math
import pathlib
from collections.abc import Sequence
from typing import Any

from keraslm.card import Card
from keraslm.errors import UsageError
from keraslm.files.writing import write_atomically
from keraslm.floor import Floor
from keraslm.ladder.kinds import NONE, Kind
from keraslm.ladder.rungs import KINDS, LEARNERS
from keraslm.ranking import rank

FORMAT = "keraslm ladder"
NEAR_UNIFORM = 0.9  # of the nats of a uniform guess


@dataclasses.dataclass(frozen=True)
class Result:
    """A rung's figures, or the reason why it has none.

    Units: `bytes` of the model's file; `seconds` of the whole rung: reading, training
    and measuring. Those of a mixture are the sums of its parts', and its own.
    """

    name: str
    title: str
    parameters: int = 0
    bytes: int = 0
    seconds: float = 0.0
    card: dict[str, Any] = dataclasses.field(default_factory=dict)
    failure: str = ""
    note: str = ""

    @property
    def kind(self) -> Kind:
        """What kind of model it is."""
        return KINDS.get(self.name, NONE)

    @property
    def perplexity(self) -> float:
        """The perplexity of the text that every rung is measured on."""
        return float(self.card["perplexity"])

    @property
    def known_perplexity(self) -> float:
        """The perplexity of its known tokens, which rungs are ranked by."""
        return float(self.card["perplexity_without_oov"])

    @property
    def hardly_trained(self) -> bool:
        """Whether it had to learn, and has learnt little more than the vocabulary.

        Math:   H > 0.9 log V,   H the nats of a known token, log V of a uniform guess
        """
        if self.failure or self.name not in LEARNERS:
            return False
        uniform = math.log(self.card["vocabulary_size"])
        return self.known_perplexity > math.exp(NEAR_UNIFORM * uniform)

    def to_dict(self) -> dict[str, Any]:
        """Give the result as a JSON object."""
        return dataclasses.asdict(self)


def ranks(results: Sequence[Result]) -> dict[str, int]:
    """Give the rank of each rung that has figures, 1 the best, by its name."""
    measured = [result for result in results if not result.failure]
    ranked = sorted(measured, key=lambda result: rank(Card(**result.card)))
    return {result.name: place for place, result in enumerate(ranked, start=1)}


def floor_of(results: Sequence[Result]) -> Floor | None:
    """Give what the grammar scores on the text of the rungs, where it is known."""
    cards = (result.card for result in results if not result.failure)
    return next((floor for card in cards if (floor := Floor.of_card(card))), None)


class ResultsFile:
    """The results so far, with what they depend on: `ladder.json`.

    Raises: UsageError if the file is of another ladder, or damaged.
    """

    def __init__(self, path: pathlib.Path, depends_on: dict[str, Any]) -> None:
        self._path = path
        self._depends_on = depends_on
        self.results: dict[str, Result] = {}
        if path.exists():
            self._read()

    def _read(self) -> None:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            known = found["format"] == FORMAT
            earlier, rows = found["depends_on"], found["results"]
            results = [Result(**row) for row in rows if known]
        except (ValueError, TypeError, KeyError) as error:
            raise UsageError(
                f"{self._path} is no ladder that can be continued; "
                "give another folder, or `overwrite=True`"
            ) from error
        for name, value in self._depends_on.items():
            if earlier.get(name) != value:
                raise UsageError(
                    f"{self._path.parent} holds a ladder with another {name} "
                    f"({earlier.get(name)!r}, now {value!r}); give another folder, or "
                    "`overwrite=True`"
                )
        known_rungs = (r for r in results if r.name in KINDS)  # a name may have gone
        self.results = {r.name: r for r in known_rungs if not r.failure}

    def add(self, result: Result) -> None:
        """Keep a result, in the place of an earlier one."""
        self.results[result.name] = result
        rows = [each.to_dict() for each in self.results.values()]
        content = {"format": FORMAT, "depends_on": self._depends_on, "results": rows}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        with write_atomically(self._path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")
