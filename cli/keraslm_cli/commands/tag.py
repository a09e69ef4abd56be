"""keraslm tag: the tag of every word of a sentence."""

from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import CorpusError
from keraslm_cli import completion, console
from keraslm_cli.sentences import encoding_option, given_sentences, texts_argument
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.tasks import Tagged


@click.command()
@click.argument("model", shell_complete=completion.files)
@texts_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@encoding_option("standard input")
def command(model: str, texts: tuple[str, ...], as_json: bool, encoding: str) -> None:
    """Give every word of a sentence its tag.

    Each TEXT is a sentence; without one, each line of standard input is. What stands
    between spaces is a word, a punctuation mark too: "the dog barks ." MODEL is a
    tagger: its file, or the folder RUN of `keraslm train --task tag`. Beside each tag
    stands its probability.
    """
    from keraslm.tasks import load_tagger

    tagger = load_tagger(model)
    sentences = [text.split() for text in given_sentences(texts, encoding)]
    if not all(sentences):
        raise CorpusError("a sentence needs at least one word; received only spaces")
    tagged = [tagger.tag(words) for words in sentences]
    if as_json:
        console.print_json({"model": tagger.name, "sentences": _as_json(tagged)})
        return
    for number, sentence in enumerate(tagged):
        if number:
            console.print_blank()
        console.print_table(
            ("word", "tag", "probability", ""), _rows(sentence), right=(2,), texts=()
        )


def _rows(sentence: "list[Tagged]") -> list[tuple[str, str, str, str]]:
    return [
        (
            token_name(word.word),
            token_name(word.tag),
            console.number(word.probability),
            "" if word.known else "unknown word",
        )
        for word in sentence
    ]


def _as_json(tagged: "list[list[Tagged]]") -> list[list[dict[str, Any]]]:
    return [[word._asdict() for word in sentence] for sentence in tagged]
