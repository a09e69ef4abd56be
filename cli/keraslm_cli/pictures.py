"""What the kinds of `keraslm plot` share: the files they write, the text to show."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import completion, console, outputs, texts
from keraslm_cli.files_written import write_csv

if TYPE_CHECKING:
    import pandas as pd

    from keraslm.figures.shaded_text import ShadedText

out_option = click.option(
    "--out",
    required=True,
    metavar="FILE",
    help="The figure, a .png, .svg, .pdf or .html file, which is replaced.",
)
csv_option = click.option(
    "--csv",
    metavar="FILE",
    help="Write the numbers of the figure to FILE, which is replaced.",
)
LENGTH = 400  # characters of a named text, unless told otherwise


@dataclasses.dataclass(frozen=True)
class Files:
    """Where the figure and its numbers go."""

    out: str
    csv: str | None

    def check(self, inputs: Iterable[str]) -> None:
        """Refuse before any work what cannot be written.

        Raises: UsageError
        """
        from keraslm.figures.saving import check_drawing_path

        inputs = list(inputs)
        check_drawing_path(self.out)
        outputs.check_output(self.out, inputs=inputs)
        if self.csv is not None:
            outputs.check_output(self.csv, inputs=inputs)
            outputs.check_different([self.out, self.csv])

    def write(
        self,
        table: "pd.DataFrame",
        figure: Callable[[], Any],
        page: Callable[[], str] | None = None,
    ) -> None:
        """Write the figure and its numbers, and print where they are."""
        from keraslm.figures.saving import save_drawing

        save_drawing(self.out, figure, page)
        console.print_line(self.out)
        if self.csv is not None:
            write_csv(table, self.csv)
            console.print_line(self.csv)

    def write_text(
        self, text: "ShadedText", table: "pd.DataFrame | None" = None
    ) -> None:
        """Write a shaded text; `table` has its numbers, where they are more."""
        from keraslm.figures.pages import shaded_page
        from keraslm.figures.shaded_picture import shaded_figure

        page = self.out.lower().endswith(".html")
        self.write(
            text.table if table is None else table,
            lambda: shaded_figure(text),
            (lambda: shaded_page(text)) if page else None,
        )


def files_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --out and --csv."""
    return out_option(csv_option(command))


def passage_options(length: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of the text to show, at most `length` characters."""
    options = (
        click.option("--text", "named", metavar="TEXT",
                     shell_complete=completion.texts,
                     help="Show the beginning of a file or dataset, such as "
                     "village:valid."),
        click.option("--length", metavar="N", type=click.IntRange(min=1),
                     default=length, show_default=True,
                     help="How many characters of --text, at most."),
        texts.encoding_option,
    )  # fmt: skip

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def passage(
    sentence: str | None, named: str | None, length: int, encoding: str
) -> tuple[str, str]:
    """Give the text to show, and its name.

    Raises: UsageError for both or neither of a sentence and a named text.
    """
    if (sentence is None) == (named is None):
        raise UsageError(
            "give the text to show: one SENTENCE, or --text with a file or dataset"
        )
    if sentence is not None:
        return sentence, "this text"
    opened = texts.open_named_text(str(named), encoding)
    beginning = ""
    for chunk in opened.chunks():
        beginning += chunk
        if len(beginning) > length:
            return _whole_words(beginning[:length]), opened.name
    return beginning, opened.name


def _whole_words(text: str) -> str:
    """Cut after the last whole line, or else after the last whole word."""
    lines, end, _ = text.rpartition("\n")
    if lines:
        return lines + end
    words, _, _ = text.rpartition(" ")
    return words or text
