"""keraslm audit: is it a language model, and is a figure on a text an honest one?"""

from typing import TYPE_CHECKING

import click

from keraslm.errors import KeraslmError, UsageError
from keraslm_cli import completion, console, models, texts

if TYPE_CHECKING:
    from keraslm.audit import Check
    from keraslm.language_model import LanguageModel
    from keraslm.text.corpus import Text

HELP = f"""Try whether MODEL keeps what a language model must keep.

Its probabilities are numbers of 0 or more that sum to one after random histories; a
prediction depends on nothing that follows; reading token by token and at once agree;
the same question gets the same answer. A count model's file is read whole: its
checksums, the order of its n-grams, the sums of their probabilities. With --text and
--train, see too whether the vocabulary holds tokens that only the test text has, and
how much of the test text stands in the training text.

The exit status is 1 if a check fails. {texts.TEXT_HELP}
"""
WORDS = {True: "pass", False: "FAIL", None: "-"}


@click.command(help=HELP)
@click.argument("model", shell_complete=completion.files)
@models.level_option
@click.option(
    "--text",
    metavar="TEXT",
    shell_complete=completion.texts,
    help="The test text; checks read it too.",
)
@click.option(
    "--train",
    metavar="TEXT",
    shell_complete=completion.texts,
    help="What the model was trained on.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@texts.encoding_option
def command(
    model: str,
    level: str | None,
    text: str | None,
    train: str | None,
    as_json: bool,
    encoding: str,
) -> None:
    if train is not None and text is None:
        raise UsageError("--train needs the test text to compare with: give --text")
    models.refuse_without_file(model, "audit")
    models.check_there(model)
    opened = [texts.open_named_text(name, encoding) for name in (text, train) if name]
    language_model = models.open_model(model, level)
    with console.working(f"auditing {language_model.name}"):
        checks = _checks(language_model, *opened)
    failed = [check.name for check in checks if check.passed is False]
    if as_json:
        found = [check.to_dict() for check in checks]
        console.print_json({"model": language_model.name, "checks": found})
    else:
        headings = ("check", "figure", "limit", "", "")
        rows = [_row(check) for check in checks]
        console.print_table(headings, rows, right=(1, 2), leave=("limit",))
    if failed:
        raise KeraslmError(f"{language_model.name} fails: {', '.join(failed)}")


def _checks(
    model: "LanguageModel", test: "Text | None" = None, train: "Text | None" = None
) -> "list[Check]":
    from keraslm.audit import audit_model, audit_texts

    if test is None:
        return audit_model(model)
    checks = audit_model(model, model.encoder.encode(test))
    if train is None:
        return checks
    return [*checks, *audit_texts(model.encoder, train, test)]


def _row(check: "Check") -> tuple[str, str, str, str, str]:
    limit = "-" if check.limit is None else f"{check.limit:.2g}"
    figure = f"{check.figure:.2%}" if _is_share(check) else f"{check.figure:.2g}"
    return check.name, figure, limit, WORDS[check.passed], check.meaning


def _is_share(check: "Check") -> bool:
    return check.meaning.startswith("of the ")
