"""keraslm generate: text that a model writes, shown as it is written."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, models
from keraslm_cli.help_page import number_option

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel


@click.command()
@click.argument("model", shell_complete=completion.files)
@models.level_option
@click.option(
    "--prompt",
    metavar="TEXT",
    type=click.UNPROCESSED,  # it may be empty
    default="",
    help="The text to go on from.",
)
@number_option(
    "--length", 200, "How many tokens to write; the prompt is not counted.", least=0
)
@click.option(
    "--temperature",
    metavar="T",
    type=float,
    default=1.0,
    show_default=True,
    help="Above 1 wilder, below 1 tamer; 0 takes the most probable token each time.",
)
@click.option(
    "--top-k", metavar="K", type=int, help="Draw from the K most probable tokens."
)
@click.option(
    "--top-p",
    metavar="P",
    type=float,
    help="Draw from the fewest tokens that together have probability P.",
)
@click.option(
    "--min-p",
    metavar="P",
    type=float,
    help="Draw from the tokens with at least P times the greatest probability.",
)
@click.option(
    "--typical-p",
    metavar="P",
    type=float,
    help="Draw from the fewest tokens of probability P that surprise about as much as "
    "is expected.",
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(min=0),
    help="The same seed gives the same text; without it, a random one is told.",
)
@number_option("--samples", 1, "How many texts to write.", least=1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON when all is written.")
def command(
    model: str,
    level: str | None,
    prompt: str,
    samples: int,
    seed: int | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Let MODEL write text after a prompt.

    The text is shown as it is written. A token is a character or a word, as the model
    was trained. The first of several
    samples is the one that the same seed gives alone; the others have seeds that
    follow from it.
    """
    import secrets

    from keraslm.sampling.sampler import Sampler

    Sampler(**{k: v for k, v in how.items() if k != "length"})  # refuses a bad one now
    language_model = models.open_model(model, level)
    told = seed is not None
    seed = secrets.randbelow(2**32) if seed is None else seed
    seeds = _seeds(seed, samples)
    if as_json:
        console.print_json(_as_json(language_model, prompt, seeds, how))
        return
    _stream(language_model, prompt, seeds, how)
    if not told:
        console.note(f"seed {seed}")


def _seeds(seed: int, samples: int) -> list[int]:
    """Give each sample its seed: the first the given one, the others drawn from it."""
    import numpy as np

    others = np.random.SeedSequence(seed).generate_state(samples - 1)
    return [seed, *others.tolist()]


def _as_json(
    model: "LanguageModel", prompt: str, seeds: list[int], how: dict[str, Any]
) -> dict[str, Any]:
    samples = model.generate_many(seeds, prompt, **how)
    return {
        "model": model.name,
        "prompt": prompt,
        "samples": samples,
        "seed": seeds[0],
        "seeds": seeds,
        **how,
    }


def _stream(
    model: "LanguageModel", prompt: str, seeds: list[int], how: dict[str, Any]
) -> None:
    for i, seed in enumerate(seeds, start=1):
        pieces = model.generate(prompt, seed=seed, **how)
        if len(seeds) > 1:
            console.print_styled(f"--- sample {i} of {len(seeds)}, seed {seed}", "dim")
        console.print_text(prompt, "dim")
        try:
            for piece in pieces:
                console.print_text(piece)
        finally:
            _end_line()


def _end_line() -> None:
    """End the line; where the output is closed there is none to end."""
    import contextlib

    with contextlib.suppress(BrokenPipeError):
        console.print_blank()
