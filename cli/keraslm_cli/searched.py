"""The most probable continuation of a prompt, found by beam search."""

from typing import TYPE_CHECKING, Any

from keraslm_cli import console

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel


def check(beams: int, length_penalty: float, **others: Any) -> None:
    """Refuse settings out of range, before a model is opened.

    Raises: UsageError
    """
    from keraslm.sampling.beam import Beams

    Beams(beams, length_penalty)


def show(
    model: "LanguageModel", prompt: str, settings: dict[str, Any], as_json: bool
) -> None:
    """Search, then print the best text, or all beams as JSON."""
    if not as_json:
        console.note("Beam search does not stream: the text comes when it is found.")
    with console.working("searching"):
        found = model.beam_search(prompt, **settings)
    if not as_json:
        console.print_text(prompt, "dim")
        console.print_text(found[0][0])
        console.print_blank()
        return
    results = [
        {
            "text": text,
            "tokens": len(hypothesis.tokens),
            "log_probability": hypothesis.log_probability,
            "score": hypothesis.score,
            "is_finished": hypothesis.is_finished,
        }
        for text, hypothesis in found
    ]
    told = {"model": model.name, "prompt": prompt, **settings}
    console.print_json({**told, "results": results})
