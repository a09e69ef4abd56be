"""The options of `generate`, and which of them go together."""

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from keraslm.errors import UsageError
from keraslm_cli import completion

Decorator = Callable[[Any], Any]


def _together(*options: Decorator) -> Decorator:
    """Make one decorator of several."""

    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


sampling_options = _together(
    click.option(
        "--temperature",
        "temperatures",
        metavar="T",
        type=float,
        multiple=True,
        help="Above 1 wilder, below 1 tamer; 0 takes the most probable token each "
        "time. [default: 1; with --novelty, which takes several, 0.5, 1 and 1.5]",
    ),
    click.option(
        "--top-k", metavar="K", type=int, help="Draw from the K most probable tokens."
    ),
    click.option(
        "--top-p",
        metavar="P",
        type=float,
        help="Draw from the fewest tokens that together have probability P.",
    ),
    click.option(
        "--min-p",
        metavar="P",
        type=float,
        help="Draw from the tokens with at least P times the greatest probability.",
    ),
    click.option(
        "--typical-p",
        metavar="P",
        type=float,
        help="Draw from the fewest tokens of probability P that surprise about as "
        "much as is expected.",
    ),
)
explain_options = _together(
    click.option(
        "--explain", is_flag=True, help="Show how each token was drawn, step by step."
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json", "html"]),
        default="table",
        show_default=True,
        help="How the steps are shown; html is a web page, complete in itself.",
    ),
    click.option("--all", "every", is_flag=True, help="Put every token into the JSON."),
)
novelty_options = _together(
    click.option(
        "--novelty",
        metavar="CORPUS",
        shell_complete=completion.texts,
        help="Compare what is written with the training part of CORPUS: the share of "
        "novel n-grams, and the longest stretches that are copied.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        default="utf-8",
        show_default=True,
        help="The encoding of CORPUS.",
    ),
)
beam_options = _together(
    click.option(
        "--beams",
        metavar="N",
        type=int,
        help="Search for the most probable text with N beams instead of drawing; the "
        "text does not stream.",
    ),
    click.option(
        "--length-penalty",
        metavar="A",
        type=float,
        default=1.0,
        show_default=True,
        help="How far beams of other lengths are helped: log P is divided by "
        "((5 + tokens) / 6)^A.",
    ),
    click.option(
        "--until-line-end", is_flag=True, help="Let a beam end with its line."
    ),
)

NEEDS = {
    "length_penalty": "beams",
    "until_line_end": "beams",
    "form": "explain",
    "every": "explain",
    "encoding": "novelty",
}
DRAWING = ("temperatures", "top_k", "top_p", "min_p", "typical_p", "seed", "samples")
EXCLUDES = {
    "beams": dict.fromkeys((*DRAWING, "explain"), "beam search draws nothing")
    | {"novelty": "novelty is measured of texts that are drawn"},
    "explain": {
        "samples": "one text is explained at a time",
        "novelty": "novelty is measured of whole texts",
    },
}


def check_together(context: click.Context) -> None:
    """Refuse options that would have no effect.

    Raises: UsageError
    """
    flags = {p.name: p.opts[0] for p in context.command.params if p.name is not None}
    given = {
        name
        for name in flags
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    for name, needed in NEEDS.items():
        if name in given and needed not in given:
            raise UsageError(f"{flags[name]} needs {flags[needed]}")
    for mode, excluded in EXCLUDES.items():
        for name, why in excluded.items():
            if {mode, name} <= given:
                raise UsageError(f"{why}; leave out {flags[name]} or {flags[mode]}")
    values = context.params
    if len(values["temperatures"]) > 1 and "novelty" not in given:
        raise UsageError("several --temperature need --novelty; give one")
    if "every" in given and not (values["form"] == "json" or values["as_json"]):
        raise UsageError("--all needs --format json")
    if "form" in given and values["as_json"] and values["form"] != "json":
        raise UsageError(f"--json is not --format {values['form']}; leave one out")
