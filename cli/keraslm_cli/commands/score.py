"""keraslm score: what a text costs, token by token, alternatives, models, pairs."""

import math
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import completion, console, models
from keraslm_cli.sentences import encoding_option, given_sentences, texts_argument
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    import numpy as np

    from keraslm.language_model import LanguageModel
    from keraslm.score import Score


@click.command()
@click.argument("model", shell_complete=completion.files)
@texts_argument
@click.option(
    "--difference",
    is_flag=True,
    help="Compare two models: MODEL and, before the texts, a second one.",
)
@click.option(
    "--pairs",
    metavar="FILE.tsv",
    shell_complete=completion.files,
    help="Say which text of each line the model prefers: good, a tab, bad.",
)
@models.level_option
@click.option("--tokens", is_flag=True, help="Print every sentence's table of tokens.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON; the logarithm of probability 0 is null.",
)
@encoding_option("standard input and of the pairs")
def command(
    model: str,
    texts: tuple[str, ...],
    difference: bool,
    pairs: str | None,
    level: str | None,
    tokens: bool,
    as_json: bool,
    encoding: str,
) -> None:
    """Give the probability of a sentence, token by token.

    Each TEXT is a sentence; without one, each line of standard input is. Of one
    sentence the table of its tokens is printed, with the sum, the mean and the
    perplexity. Several are alternatives: they are ranked, most probable first, each
    with the share it would have if exactly one of them were true.

    At word level a sentence ends with </s>, which is predicted too. At character level
    it is the text alone.

    --difference takes two models, then the texts. Of each token it prints the surprisal
    of both in bits, the difference, and the truth where the text is of village.

    --pairs prints, of each pair of a file, the text that is more probable and by how
    many bits; then the accuracy, how often that is the good one, a tie counted as half.
    Blank lines, lines that begin with # and a heading "good<TAB>bad" are no pairs.
    """
    from keraslm_cli import minimal_pairs, surprisal

    if pairs is not None:
        _refuse_beside_pairs(texts, difference, tokens)
        minimal_pairs.show(model, pairs, level, as_json, encoding)
    elif difference:
        two = (model, *texts[:1])
        surprisal.show(two, texts[1:], level, as_json, encoding)
    else:
        _score(model, texts, level, tokens, as_json, encoding)


def _refuse_beside_pairs(
    texts: tuple[str, ...], difference: bool, tokens: bool
) -> None:
    given = {"--difference": difference, "--tokens": tokens, "a TEXT": bool(texts)}
    for name, is_given in given.items():
        if is_given:
            raise UsageError(
                "--pairs asks one model about the texts of a file; "
                f"received {name} too: leave one of them out"
            )


def _score(
    model: str,
    texts: tuple[str, ...],
    level: str | None,
    tokens: bool,
    as_json: bool,
    encoding: str,
) -> None:
    """Print the table of one sentence, or rank several."""
    models.check_there(model)
    sentences = given_sentences(texts, encoding)
    language_model = models.open_model(model, level)
    ranked = sorted(
        ((sentence, language_model.score(sentence)) for sentence in sentences),
        key=lambda pair: -pair[1].log_probability,
    )
    shares = _shares([score.log_probability for _, score in ranked])
    if as_json:
        console.print_json(_as_json(language_model, ranked, shares))
        return
    if tokens or len(ranked) == 1:
        for _, score in ranked:
            _print_tokens(score)
    if len(ranked) > 1:
        _print_ranking(ranked, shares)


def _shares(log_probabilities: list[float]) -> "np.ndarray":
    """Give each alternative's share of their probability.

    Math:   softmax(log P) = P / sum P
    """
    import numpy as np

    logs = np.array(log_probabilities)
    if not np.isfinite(logs.max()):
        return np.full(len(logs), np.nan)
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def _as_json(
    model: "LanguageModel", ranked: list[tuple[str, "Score"]], shares: "np.ndarray"
) -> dict[str, Any]:
    sentences = [
        {
            "rank": rank,
            "text": sentence,
            "log_probability": score.log_probability,
            "nats_per_token": -score.log_probability / len(score.tokens) + 0.0,
            "perplexity": score.perplexity,
            "share": float(share),
            "tokens": score.table().to_dict("records"),
        }
        for rank, ((sentence, score), share) in enumerate(
            zip(ranked, shares, strict=True), start=1
        )
    ]
    return {"model": model.name, "sentences": sentences}


def _print_tokens(score: "Score") -> None:
    table = score.table().to_dict("records")
    total, count = -score.log_probability + 0.0, len(table)
    rows = [
        (
            token_name(row["token"]),
            _probability(row["probability"]),
            console.number(row["loss_nats"]),
            "not in the vocabulary: scored as <unk>" if row["oov"] else "",
        )
        for row in table
    ]
    foot = [
        ("sum", _probability(math.exp(-total)), total, "-log of the product, in nats"),
        ("mean", "", total / count, f"nats per token, over {count} tokens"),
        ("perplexity", "", score.perplexity, "exp of the mean"),
    ]
    rows += [(name, p, console.number(value), why) for name, p, value, why in foot]
    headings = ("token", "probability", "loss (nats)", "")
    console.print_table(
        headings, rows, right=(1, 2), foot=len(foot), leave=("probability",)
    )


def _print_ranking(ranked: list[tuple[str, "Score"]], shares: "np.ndarray") -> None:
    headings = ("rank", "share", "log P (nats)", "tokens", "perplexity", "sentence")
    rows = [
        (
            str(rank),
            "undefined" if math.isnan(share) else f"{share:.2%}",
            console.number(score.log_probability),
            str(len(score.tokens)),
            console.number(score.perplexity),
            sentence,
        )
        for rank, ((sentence, score), share) in enumerate(
            zip(ranked, shares, strict=True), start=1
        )
    ]
    leave = ("tokens", "perplexity", "log P (nats)")
    console.print_table(headings, rows, right=(0, 1, 2, 3, 4), leave=leave)


def _probability(value: float) -> str:
    return f"{value:.6f}" if value >= 1e-3 or value == 0 else f"{value:.3e}"
