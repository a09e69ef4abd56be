"""keraslm inside: the units or heads of a network, and what if they were others."""

import contextlib
from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, models
from keraslm_cli.help_page import number_option
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.answers.heads import Heads
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
    help="Which of its values --json has for each token: h, c or a gate; of a "
    "transformer it has the weights of the heads.",
)
@click.option(
    "--set",
    "forces",
    metavar="L.NAME.UNIT=X",
    multiple=True,
    help="Hold a value of a unit of layer L at X, a number, or hold for what it is; "
    "with @N from token N on, where 0 is the beginning of the line. Of a transformer, "
    "L.head.H=0 silences a head. May be repeated.",
)
@click.option(
    "--silent-from",
    metavar="N",
    type=click.IntRange(min=0),
    help="Rank units or heads by their silence from token N on.  [default: the last "
    "token]",
)
@number_option("--top", 12, "How many tokens and units or heads to show.", least=1)
@click.option(
    "--json", "as_json", is_flag=True, help="Print all numbers, of all units or heads."
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
    """Look into the cells of MODEL, or its heads, after PROMPT.

    MODEL is an rnn, a gru, an lstm or a transformer of keraslm's own. What comes next,
    and with --set what would come next if units held other values: the equations of
    the cells go on with them. Then the units of the layer, by how many bits the next
    token's distribution changes, KL(before || after), where one is silent: its h is 0.
    Of a transformer, the heads of all layers. The lab shows the same numbers.
    """
    from keraslm.answers.heads import Heads
    from keraslm.answers.place import Asked
    from keraslm.answers.reading import Force

    put = [Force.parse(force) for force in forces]
    opened = _opened(Asked(models.open_model(model)))
    _refuse_unfit(opened, put, forces)
    if isinstance(opened, Heads):
        told = _of_heads(opened, prompt, layer, put, silent_from, top)
    else:
        told = _of_units(opened, prompt, layer, value, put, silent_from, top)
    if as_json:
        name = opened.asked.model.name
        console.print_json({"model": name, "prompt": prompt, **told})
        return
    console.print_styled(f"{opened.asked.model.name} after {prompt!r}", "bold")
    _print_next(told["next"], bool(put))
    what, names = _silenced(opened, len(told["silent"]["bits"]))
    whose = (
        f"the {len(names)} heads"
        if what == "head"
        else (f"the {len(names)} units of layer {layer}")
    )
    _print_silent(told["silent"], what, whose, names, top)


def _silenced(opened: "Heads | Inside", number: int) -> tuple[str, list[str]]:
    """Give what was silenced one by one, and the name of each."""
    from keraslm.answers.heads import Heads

    if not isinstance(opened, Heads):
        return "unit", [str(unit) for unit in range(number)]
    layers, heads = opened.shape
    return "head", [f"{k + 1}.{head}" for k in range(layers) for head in range(heads)]


def _opened(asked: Any) -> "Heads | Inside":
    from keraslm.answers.heads import Heads
    from keraslm.answers.reading import Inside
    from keraslm.errors import UsageError

    with contextlib.suppress(UsageError):  # it is no transformer
        return Heads(asked)
    return Inside(asked)


def _of_heads(
    opened: "Heads",
    prompt: str,
    layer: int,
    put: "list[Force]",
    silent_from: int | None,
    top: int,
) -> dict[str, Any]:
    from keraslm.answers import heads

    return {
        "inside": heads.weights(opened, prompt, layer, put),
        "next": heads.intervene(opened, prompt, put, top),
        "silent": heads.ablate(opened, prompt, silent_from, seconds=None),
    }


def _of_units(
    opened: "Inside",
    prompt: str,
    layer: int,
    value: str,
    put: "list[Force]",
    silent_from: int | None,
    top: int,
) -> dict[str, Any]:
    from keraslm.answers import inside
    from keraslm.answers.reading import Readings

    readings = Readings(opened)
    return {
        "inside": inside.inside(readings, prompt, layer, value, put),
        "next": inside.intervene(readings, prompt, put, top),
        "silent": inside.ablate(readings, prompt, layer, silent_from, seconds=None),
    }


def _refuse_unfit(
    opened: "Heads | Inside", put: "list[Force]", given: tuple[str, ...]
) -> None:
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


def _print_silent(
    told: dict[str, Any], what: str, whose: str, names: list[str], top: int
) -> None:
    bits, start = told["bits"], told["start"]
    best = sorted(range(len(bits)), key=lambda k: -bits[k])[:top]
    console.print_blank()
    console.say(f"Of {whose}, those whose silence from token {start} on changes most:")
    rows = [(names[k], _written(bits[k])) for k in best]
    console.print_table((what, "bits"), rows, (0, 1))
