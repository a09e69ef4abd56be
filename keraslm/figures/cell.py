"""A text coloured by what one unit holds after each token."""

import pandas as pd

from keraslm.figures.shaded_text import ShadedText


def unit_text(
    table: pd.DataFrame, unit: int, where: str, on: str, level: str
) -> ShadedText:
    """Shade a text by the column "unit K" of the table of an `Activations`.

    `where` names the state, the layer and the model: "c of layer 1, lstm".
    """
    column = f"unit {unit}"
    low, high = table[column].min(), table[column].max()
    about = f"{on}: from {low:.2f} to {high:.2f} after reading each token"
    title = f"Unit {unit}: {where}"
    meaning = ("what the unit holds after the token", "")
    return ShadedText(title, about, table, column, "activation", level, meaning)
