"""keraslm inside: the units of a recurrent network, and what if they were others."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, models
from keraslm_cli.help_page import number_option
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.answers.reading import Force, Inside

SMALL = 1e-3  # bits, of which four digits behind the point say too little


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("prompt", type=click.UNPROCESSED, default="")
@number_option("--layer", 1, "The layer that is shown, 1 at the bottom.", least=1)
@click.option(
    "--value",
    metavar="NAME",
    default="h",
    show_default=True,
    help="Which of its values --json has for each token: h, c or a gate.",
)
@click.option(
    "--set",
    "forces",
    metavar="L.NAME.UNIT=X",
    multiple=True,
    help="Hold a value of a unit of layer L at X, a number, or hold for what it is; "
    "with @N from token N on, where 0 is the beginning of the line. May be repeated.",
)
@click.option(
    "--silent-from",
    metavar="N",
    type=click.IntRange(min=0),
    help="Rank units by their silence from token N on.  [default: the last token]",
)
@number_option("--top", 12, "How many tokens and units to show.", least=1)
@click.option(
    "--json", "as_json", is_flag=True, help="Print all numbers, of all units."
)
def command(
    model: str,
    prompt: str,
    layer: int,
    value: str,
    forces: tuple[str, ...],
    silent_from: int | None,
    top: int,
    as_json: bool,
) -> None:
    """Look into the cells of MODEL after PROMPT.

    MODEL is an rnn, a gru or an lstm of keraslm's own. What comes next, and with --set
    what would come next if units held other values: the equations of the cells go on
    with them. Then the units of the layer, by how many bits the next token's
    distribution changes, KL(before || after), where one is silent: its h is 0. The lab
    shows the same numbers.
    """
    from keraslm.answers import inside
    from keraslm.answers.place import Asked
    from keraslm.answers.reading import Force, Inside, Readings

    put = [Force.parse(force) for force in forces]
    opened = Inside(Asked(models.open_model(model)))
    _refuse_unfit(opened, put, forces)
    readings = Readings(opened)
    told = {
        "inside": inside.inside(readings, prompt, layer, value, put),
        "next": inside.intervene(readings, prompt, put, top),
        "silent": inside.ablate(readings, prompt, layer, silent_from, seconds=None),
    }
    if as_json:
        name = opened.asked.model.name
        console.print_json({"model": name, "prompt": prompt, **told})
        return
    console.print_styled(f"{opened.asked.model.name} after {prompt!r}", "bold")
    _print_next(told["next"], bool(put))
    _print_silent(told["silent"], layer, top)


def _refuse_unfit(opened: "Inside", put: "list[Force]", given: tuple[str, ...]) -> None:
    for force, text in zip(put, given, strict=True):
        if not opened.fits(force):
            name = opened.asked.model.name
            raise click.UsageError(f"{name} has nothing that --set {text} could hold.")


def _print_next(told: dict[str, Any], is_forced: bool) -> None:
    names = [token_name(token["token"]) for token in told["tokens"]]
    columns = [told["before"], told["after"]][: 1 + is_forced]
    figures = [[f"{p:.4f}" for p in column["p"]] for column in columns]
    if told["others"]:
        names.append(f"the other {told['others']:,} tokens")
        for column, shown in zip(columns, figures, strict=True):
            shown.append(f"{column['others']:.4f}")
    headings = ("token", "before", "after") if is_forced else ("token", "probability")
    rows = list(zip(names, *figures, strict=True))
    console.print_table(headings, rows, range(1, len(headings)), bool(told["others"]))
    if is_forced:
        bits = told["bits"]
        size = "infinite" if bits is None else f"{_written(bits)} bits"
        console.say(f"KL(before || after): {size}")


def _written(bits: float) -> str:
    return f"{bits:.2e}" if 0 < bits < SMALL else f"{bits:.4f}"


def _print_silent(told: dict[str, Any], layer: int, top: int) -> None:
    import numpy as np

    bits = np.array(told["bits"])
    best = np.argsort(-bits, kind="stable")[:top]
    units = f"the units of layer {layer} ({len(bits)} in all)"
    console.print_blank()
    console.say(f"{units} whose silence from token {told['start']} on changes most:")
    rows = [(str(unit), _written(bits[unit])) for unit in best.tolist()]
    console.print_table(("unit", "bits"), rows, (0, 1))
