"""docs/options.md, made from the table of options; `make options` writes it."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from keraslm.training.options import GROUPS, OPTIONS, Configuration, resolve
from keraslm.training.options.kinds import Switch
from keraslm.training.options.option import Group
from keraslm_cli.flags import in_flags

HEAD = """\
# The options of a run

`make options` writes this page, from the table in
`keraslm/training/options/configuration.py`. An option is a flag of `keraslm train`, a
line of a TOML file (`learning_rate = 0.01`) and an argument of
`keraslm.training.Configuration`. One that is left out takes its default: the value that
stands first, or that of the last exception that holds. `--no-tied` turns off what a
recipe or a file turned on, and so for every option without a value. What the options
are good for is told in [Training](training.md).
"""
BY_MODEL = """\
## The defaults by model

The defaults with exceptions, where only the model and the level are given.
"""
RUNS = {
    "ngram": Configuration(model="ngram"),
    "bigram": Configuration(model="bigram"),
    "trigram": Configuration(model="trigram"),
    "neural-ngram": Configuration(model="neural-ngram"),
    "maxent on characters": Configuration(model="maxent", level="char"),
    "maxent on words": Configuration(model="maxent"),
    "rnn on characters": Configuration(model="rnn", level="char"),
    "rnn on words": Configuration(model="rnn"),
    "gru, lstm on characters": Configuration(model="lstm", level="char"),
    "gru, lstm on words": Configuration(model="lstm"),
    "transformer on characters": Configuration(model="transformer", level="char"),
    "transformer on words": Configuration(model="transformer"),
}


def page() -> str:
    """Give the page as Markdown."""
    return "\n".join([HEAD, *map(_group, GROUPS), BY_MODEL, _by_model()])


def _group(group: Group) -> str:
    rows = [
        (f"`{_flag(name)}`", in_flags(option.sentence), in_flags(option.default.words))
        for name, option in OPTIONS.items()
        if option.group is group
    ]
    table = _table(("option", "what it does", "default"), rows)
    return f"## {group.heading}\n\n{table}"


def _flag(name: str) -> str:
    option = OPTIONS[name]
    if name == "corpus":
        return option.kind.metavar
    off = (
        [option.kind.off] if isinstance(option.kind, Switch) and option.kind.off else []
    )
    names = (*option.aliases, name, *off)
    flags = ", ".join(f"--{each.replace('_', '-')}" for each in names)
    return f"{flags} {option.kind.metavar}".strip()


def _by_model() -> str:
    runs = [resolve(c) for c in RUNS.values()]
    rows = [
        (f"`--{name.replace('_', '-')}`", *(_value(getattr(c, name)) for c in runs))
        for name, option in OPTIONS.items()
        if option.default.exceptions and any(getattr(c, name) is not None for c in runs)
    ]
    return _table(("", *RUNS), rows)


def _value(value: Any) -> str:
    return (
        ""
        if value is None
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<unk>", "`<unk>`")


if __name__ == "__main__":
    sys.stdout.write(page())
