"""keraslm generate: text that a model writes, shown as it is written."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, copied, explained, models, searched
from keraslm_cli.generate_options import (
    beam_options,
    check_together,
    explain_options,
    novelty_options,
    sampling_options,
)
from keraslm_cli.help_page import number_option

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel

TEMPERATURES = (0.5, 1.0, 1.5)  # at which novelty is compared


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
@sampling_options
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(min=0),
    help="The same seed gives the same text; without it, a random one is told.",
)
@number_option("--samples", 1, "How many texts to write.", least=1)
@explain_options
@novelty_options
@beam_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON when all is written.")
def command(
    model: str,
    level: str | None,
    prompt: str,
    length: int,
    temperatures: tuple[float, ...],
    samples: int,
    seed: int | None,
    explain: bool,
    form: str,
    every: bool,
    novelty: str | None,
    encoding: str,
    beams: int | None,
    length_penalty: float,
    until_line_end: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Let MODEL write text after a prompt.

    The text is shown as it is written. A token is a character or a word, as the model
    was trained. The temperature is applied first, then, each to what is left, top-k,
    top-p, min-p and typical-p. The first of several samples is the one that the same
    seed gives alone; the others have seeds that follow from it.
    """
    check_together(click.get_current_context())
    if beams is not None:
        settings: dict[str, Any] = {"length": length, "beams": beams}
        settings["length_penalty"] = length_penalty
        settings["until_line_end"] = until_line_end
        searched.check(**settings)
        searched.show(models.open_model(model, level), prompt, settings, as_json)
        return
    temperatures = temperatures or (TEMPERATURES if novelty else (1.0,))
    _refuse_bad(temperatures, filters)
    language_model = models.open_model(model, level)
    seeds = _seeds(seed, samples)
    how = {"length": length, "temperature": temperatures[0], **filters}
    if novelty is not None:
        text = copied.training_text(language_model, novelty, encoding)
        copied.show(language_model, text, prompt, seeds, temperatures, how, as_json)
    elif explain:
        form, top = "json" if as_json else form, None if every else explained.TOP
        explained.show(language_model, prompt, {**how, "seed": seeds[0]}, form, top)
    elif as_json:
        console.print_json(_as_json(language_model, prompt, seeds, how))
    else:
        _stream(language_model, prompt, seeds, how)
    if seed is None and not as_json:
        console.note(f"seed {seeds[0]}")


def _refuse_bad(temperatures: tuple[float, ...], filters: dict[str, Any]) -> None:
    from keraslm.sampling.sampler import Sampler

    for temperature in temperatures:
        Sampler(temperature, **filters)


def _seeds(seed: int | None, samples: int) -> list[int]:
    """Give each sample its seed: the first the given one, or a random one, the others
    drawn from it.
    """
    import secrets

    import numpy as np

    first = secrets.randbelow(2**32) if seed is None else seed
    others = np.random.SeedSequence(first).generate_state(samples - 1)
    return [first, *others.tolist()]


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
