"""keraslm embeddings: train vectors of words, and ask any vectors what lies near."""

import math
import pathlib
import time
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm.vectors.options import METHODS, PASSES, RATES, SOFTMAXES
from keraslm_cli import completion, console, outputs, texts
from keraslm_cli.help_page import number_option
from keraslm_cli.lazy import Group
from keraslm_cli.vector_sources import SOURCE_HELP, open_vectors, vectors_argument

if TYPE_CHECKING:
    from keraslm.vectors.neighbours import Neighbour
    from keraslm.vectors.word_vectors import WordVectors

TRAIN_HELP = f"""Train vectors of the words of CORPUS and write them to a file.

The file is word2vec's text: a line with the number of words and the width, then a line
a word, the most frequent first. Of a corpus with parts, the training part is read.

{texts.CORPUS_HELP}
"""
PLOT_HELP = f"""Draw words where their vectors lie.

Where no WORD is named, frequent words are drawn, without the most frequent ones, which
are mostly function words.

{SOURCE_HELP}
"""
DRAWN = 60  # words, where none are named
METHOD_OPTION = click.option(
    "--method",
    type=click.Choice(["pca", "tsne"]),
    default="pca",
    show_default=True,
    help="How the vectors are laid flat; tsne needs the extra 'embeddings'.",
)
MARKS = ("<unk>", "<s>", "</s>")


@click.group(cls=Group)
def embeddings() -> None:
    """Train word vectors; ask what lies near."""


command = embeddings


@embeddings.command(help=TRAIN_HELP)
@texts.corpus_argument
@click.option("--out", required=True, metavar="FILE", help="The file to write.")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="skip-gram",
    show_default=True,
    help="How the vectors are found.",
)
@number_option("--width", 100, "The numbers of a vector.")
@number_option("--window", 5, "How many words on each side a word is seen with.")
@click.option(
    "--epochs",
    metavar="N",
    type=int,
    help="The passes over the text, or of glove over its counts.  "
    f"[default: {PASSES['cbow']}; {PASSES['glove']} with --method glove]",
)
@click.option(
    "--learning-rate",
    metavar="X",
    type=float,
    help="The learning rate at the start.  "
    f"[default: {RATES['cbow']}; {RATES['glove']} with --method glove]",
)
@click.option(
    "--softmax",
    metavar="NAME",
    shell_complete=completion.one_of(SOFTMAXES),
    help="How skip-gram and cbow score words: sampled or full.  [default: sampled]",
)
@click.option(
    "--negatives",
    metavar="N",
    type=int,
    help="How many other words are drawn for each word, with skip-gram and cbow.  "
    "[default: 5]",
)
@click.option(
    "--subsample",
    metavar="X",
    type=float,
    help="Words that are a larger share of the text than X are read less often, with "
    "skip-gram and cbow.  [default: 0.001]",
)
@number_option("--seed", 0, "The same seed gives the same random numbers.")
@texts.tokenize_option
@texts.encoding_option
@click.option(
    "--vocabulary-size",
    metavar="N",
    type=click.IntRange(min=3),
    help="Keep the N most frequent words.  [default: all of them]",
)
@number_option("--min-count", 5, "Keep words that occur N times or more.", least=1)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def train(
    corpus: str,
    out: str,
    overwrite: bool,
    tokenize: bool,
    encoding: str,
    vocabulary_size: int | None,
    min_count: int,
    as_json: bool,
    **settings: Any,
) -> None:
    """Read, train, write, and say what was done."""
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named
    from keraslm.vectors.options import VectorOptions
    from keraslm.vectors.text_format import write_vectors
    from keraslm.vectors.training import train_vectors

    given = {name: value for name, value in settings.items() if value is not None}
    _refuse_for_glove(given)
    options = VectorOptions(**given)
    outputs.check_output(out, overwrite, inputs=[corpus])
    text = texts.open_named_corpus(corpus, encoding, "100").train
    tokenizer = tokenizer_named("word-marks" if tokenize else "word")
    with console.working(f"reading {text.name}"):
        encoder, ids = TextEncoder.learn(tokenizer, text, vocabulary_size, min_count)
    start, notes = time.monotonic(), list[str]()
    with console.progress_bar(options.method) as progress:
        vectors = train_vectors(
            encoder.vocabulary, ids, options, progress, notes.append
        )
    spent = time.monotonic() - start
    for sentence in notes:
        console.note(sentence)
    write_vectors(out, vectors)
    if as_json:
        done = {"out": out, "method": options.method, "words": len(vectors)}
        done |= {"width": vectors.width, "epochs": options.passes}
        console.print_json(done | {"tokens": len(ids), "seconds": spent})
        return
    console.say(
        f"{out}: {len(vectors):,} words, {vectors.width} numbers each, by "
        f"{options.method} in {options.passes} passes over {len(ids):,} tokens "
        f"({spent:,.0f} s)"
    )


def _refuse_for_glove(given: dict[str, Any]) -> None:
    """Refuse what only word2vec knows.

    Raises: UsageError
    """
    if given["method"] == "glove":
        for name in ("softmax", "negatives", "subsample"):
            if name in given:
                raise UsageError(
                    f"{name} is an option of skip-gram and cbow; received it for glove"
                )


@embeddings.command(help=f"List the words nearest to each WORD.\n\n{SOURCE_HELP}")
@vectors_argument
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@number_option("--number", 10, "How many neighbours are shown.", least=1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def neighbours(
    vectors: str,
    skip_bad_lines: bool,
    words: tuple[str, ...],
    number: int,
    as_json: bool,
) -> None:
    """Print the neighbours by cosine."""
    from keraslm.vectors.neighbours import neighbours

    table = open_vectors(vectors, skip_bad_lines)
    found = {word: neighbours(table, word, number) for word in words}
    if as_json:
        shown = {word: [n._asdict() for n in near] for word, near in found.items()}
        console.print_json(shown)
        return
    rows = [
        (word, near.word, f"{near.cosine:.3f}")
        for word, nearest in found.items()
        for near in nearest
    ]
    console.print_table(("word", "neighbour", "cosine"), rows, right=[2])


@embeddings.command(help=f"Find the words that are to C as B is to A.\n\n{SOURCE_HELP}")
@vectors_argument
@click.argument("a")
@click.argument("b")
@click.argument("c")
@number_option("--number", 10, "How many answers are shown.", least=1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def analogy(
    vectors: str,
    skip_bad_lines: bool,
    a: str,
    b: str,
    c: str,
    number: int,
    as_json: bool,
) -> None:
    """Print the answers by 3CosAdd."""
    from keraslm.vectors.analogy import analogy

    table = open_vectors(vectors, skip_bad_lines)
    _print(analogy(table, a, b, c, number), as_json)


@embeddings.command(
    "odd-one-out",
    help=f"Find the WORD that least belongs with the others.\n\n{SOURCE_HELP}",
)
@vectors_argument
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def odd_one_out(
    vectors: str, skip_bad_lines: bool, words: tuple[str, ...], as_json: bool
) -> None:
    """Print each word's cosine with the mean of the others, the odd one first."""
    from keraslm.vectors.odd_one_out import by_fit

    _print(by_fit(open_vectors(vectors, skip_bad_lines), words), as_json)


def _print(found: "list[Neighbour]", as_json: bool) -> None:
    if as_json:
        console.print_json([each._asdict() for each in found])
        return
    rows = [(each.word, f"{each.cosine:.3f}") for each in found]
    console.print_table(("word", "cosine"), rows, right=[1])


@embeddings.command(help=PLOT_HELP)
@vectors_argument
@click.argument("words", metavar="[WORD...]", nargs=-1)
@click.option(
    "--out", required=True, metavar="FILE.png", help="The picture; it is replaced."
)
@number_option(
    "--number", DRAWN, "Where no word is named: draw the N most frequent ones.", least=1
)
@METHOD_OPTION
@number_option("--seed", 0, "With tsne: the same seed gives the same map.")
def plot(
    vectors: str,
    skip_bad_lines: bool,
    words: tuple[str, ...],
    out: str,
    number: int,
    method: str,
    seed: int,
) -> None:
    """Draw the named words, else frequent ones behind the most frequent."""
    from keraslm.figures.vectors import draw_vectors
    from keraslm.vectors.tsne import settler

    outputs.check_picture(out, inputs=[vectors])
    if method == "tsne":
        settler()  # refuses now what would be missed after the vectors are read
    table = open_vectors(vectors, skip_bad_lines)
    chosen = tuple(dict.fromkeys(words)) or telling_words(table, number)
    title = f"Words of {pathlib.Path(vectors).name}"
    draw_vectors(table, chosen, out, title, method, seed)
    console.print_line(out)


def telling_words(vectors: "WordVectors", number: int) -> tuple[str, ...]:
    """Give frequent words of a table that starts with the most frequent ones.

    The first 2 sqrt(V) of V words are mostly function words, which lie near each
    other whatever they mean: they are left out where there are others, and so is what
    has no letter.
    """
    words = [word for word in vectors.words if _is_word(word)]
    first = min(round(2 * math.sqrt(len(words))), max(len(words) - number, 0))
    return tuple(words[first:][: max(number, 0)])


def _is_word(token: str) -> bool:
    return token not in MARKS and any(letter.isalpha() for letter in token)


@embeddings.command(
    help=f"Write files that the TensorBoard projector opens.\n\n{SOURCE_HELP}"
)
@vectors_argument
@click.option(
    "--out",
    required=True,
    metavar="FOLDER",
    help="The folder to write; its vectors.tsv and metadata.tsv are replaced.",
)
def projector(vectors: str, skip_bad_lines: bool, out: str) -> None:
    """Write vectors.tsv and metadata.tsv and print their paths."""
    from keraslm.vectors.projector import check_projector, write_projector

    check_projector(out)
    for path in write_projector(out, open_vectors(vectors, skip_bad_lines)):
        console.print_line(str(path))
