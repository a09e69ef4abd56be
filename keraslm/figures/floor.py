"""The floor in a picture: the grammar on the same text, and the language's entropy."""

from typing import NamedTuple

from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.style import GREEN, INK
from keraslm.floor import ENTROPY_NAME, GRAMMAR_NAME, Floor


class Line(NamedTuple):
    """A figure with its name, its colour and its dashes."""

    name: str
    value: float
    colour: str
    dashes: tuple[float, float]

    @property
    def label(self) -> str:
        """The name with the figure."""
        return f"{self.name} {style.figure_number(self.value)}"

    def draw(self, axes: Axes, across: bool = True) -> None:
        """Draw the line, across the axes or up."""
        line = (axes.axhline if across else axes.axvline)(self.value)
        line.set(color=self.colour, linewidth=2.2, linestyle=(0, self.dashes))
        line.set_zorder(1 if across else 4)


def lines_of(
    floor: Floor | None, known: bool = True, grammar: str = GRAMMAR_NAME
) -> list[Line]:
    """Give the lines of a floor, of the known tokens or of all; none without a floor.

    `grammar` is what the grammar's line is called.
    """
    if floor is None:
        return []
    own = floor.grammar
    perplexity = own.perplexity_without_oov if known else own.perplexity
    return lines_at({grammar: perplexity, ENTROPY_NAME: floor.entropy.perplexity})


def lines_at(values: dict[str, float]) -> list[Line]:
    """Give the grammar's line and the entropy's, in this order, by name."""
    forms = ((GREEN, (5, 2)), (INK, (1, 2)))
    pairs = zip(values.items(), forms, strict=False)
    return [Line(name, value, *form) for (name, value), form in pairs]
