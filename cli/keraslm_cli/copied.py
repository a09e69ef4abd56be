"""What of written texts is new, and what is copied from a corpus."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keraslm_cli import console

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel
    from keraslm.novelty import Novelty
    from keraslm.text.corpus import Text

LONGEST_NGRAM = 10
COPIES = 3  # stretches shown at each temperature
SPLIT = "90/5/5"  # of a model that does not say how its text was cut


def training_text(model: "LanguageModel", name: str, encoding: str) -> "Text":
    """Open the training part of a corpus, cut as for the model.

    Raises: UsageError or CorpusError if there is no such text.
    """
    from keraslm_cli import texts

    split = model.metadata.get("configuration", {}).get("split", SPLIT)
    return texts.open_named_corpus(name, encoding, str(split)).train


def show(
    model: "LanguageModel",
    text: "Text",
    prompt: str,
    seeds: Sequence[int],
    temperatures: Sequence[float],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Write texts at each temperature, compare them with a corpus, and say what is new.

    `how` has the other settings of `generate`.
    """
    how = {name: value for name, value in how.items() if name != "temperature"}
    with console.working("writing and comparing"):
        found = _measured(model, text, prompt, seeds, temperatures, how)
    if as_json:
        console.print_json(found)
    else:
        _print(found)


def _measured(
    model: "LanguageModel",
    text: "Text",
    prompt: str,
    seeds: Sequence[int],
    temperatures: Sequence[float],
    how: dict[str, Any],
) -> dict[str, Any]:
    import numpy as np

    from keraslm.novelty import novelty

    ids = [
        np.array(list(model.generate_ids(prompt, **how, temperature=t, seed=seed)), int)
        for t in temperatures
        for seed in seeds
    ]
    corpus = model.encoder.encode(text)
    if "texts" in model.metadata and model.part_of(text) != "train":
        console.note(f"{text.name} is not the text that {model.name} learnt from.")
    found = novelty(corpus, ids)
    parts = [slice(k, k + len(seeds)) for k in range(0, len(ids), len(seeds))]
    return {
        "model": model.name,
        "prompt": prompt,
        "corpus": text.name,
        "corpus_tokens": len(corpus),
        "seeds": list(seeds),
        **how,
        "temperatures": [
            {"temperature": t, **_described(model, prompt, ids[part], found.of(part))}
            for t, part in zip(temperatures, parts, strict=True)
        ],
    }


def _described(
    model: "LanguageModel", prompt: str, ids: Sequence[Any], found: "Novelty"
) -> dict[str, Any]:
    encoder, start = model.encoder, model.prompt_ids(prompt)
    counts = {n: found.novel(n) for n in range(1, LONGEST_NGRAM + 1)}
    return {
        "samples": ["".join(encoder.continuation(start, i.tolist())) for i in ids],
        "ngrams": [
            {"n": n, "novel": novel, "all": every, "share": novel / every}
            for n, (novel, every) in counts.items()
            if every
        ],
        "copied": [
            {
                "tokens": copy.length,
                "sample": copy.text + 1,
                "start": copy.start,
                "text": encoder.decode(
                    ids[copy.text][copy.start : copy.start + copy.length].tolist()
                ),
            }
            for copy in found.longest(COPIES)
        ],
    }


def _print(found: dict[str, Any]) -> None:
    columns = found["temperatures"]
    for column in columns:
        for text in column["samples"]:
            console.print_styled(f"--- temperature {column['temperature']:g}", "dim")
            console.print_text(found["prompt"], "dim")
            console.print_text(text)
            console.print_blank()
    console.print_blank()
    console.print_styled(
        f"Novel n-grams: not in {found['corpus']}, {found['corpus_tokens']:,} tokens",
        "bold",
    )
    headings = ("n", *(f"T {column['temperature']:g}" for column in columns))
    shares = zip(*(column["ngrams"] for column in columns), strict=True)
    rows = [(str(row[0]["n"]), *(f"{c['share']:.1%}" for c in row)) for row in shares]
    console.print_table(headings, rows, range(len(headings)))
    console.print_blank()
    console.print_styled("The longest stretches copied from it", "bold")
    copies = [
        (f"{column['temperature']:g}", str(copy["tokens"]), repr(copy["text"]))
        for column in columns
        for copy in column["copied"]
    ]
    console.print_table(("temperature", "tokens", "stretch"), copies, (0, 1))
