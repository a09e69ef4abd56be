"""keraslm classify: the probability of each label of a text."""

import click

from keraslm.errors import CorpusError
from keraslm_cli import completion, console
from keraslm_cli.sentences import encoding_option, given_sentences, texts_argument
from keraslm_cli.visible import token_name


@click.command()
@click.argument("model", shell_complete=completion.files)
@texts_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@encoding_option("standard input")
def command(model: str, texts: tuple[str, ...], as_json: bool, encoding: str) -> None:
    """Give the probability of each label of a text.

    Each TEXT is classified; without one, each line of standard input is. What stands
    between spaces is a word, a punctuation mark too: "the film is not dull ." MODEL is
    a classifier: its file, or the folder RUN of `keraslm train --task classify`.
    """
    from keraslm.tasks import load_classifier

    classifier = load_classifier(model)
    given = given_sentences(texts, encoding)
    if not all(text.split() for text in given):
        raise CorpusError("a text needs at least one word; received only spaces")
    found = [classifier.probabilities(text.split()) for text in given]
    if as_json:
        told = [
            {"text": text, "labels": shares}
            for text, shares in zip(given, found, strict=True)
        ]
        console.print_json({"model": classifier.name, "texts": told})
        return
    for number, (text, shares) in enumerate(zip(given, found, strict=True)):
        if number:
            console.print_blank()
        console.print_styled(text, "bold")
        rows = [(token_name(k), console.number(p)) for k, p in shares.items()]
        console.print_table(("label", "probability"), rows, right=(1,), texts=())
