"""The commands of README and of each page work one after the other, in one folder.

They are parsed, not run: what a line reads has been written by a line before it on the
same page, and no two lines of all pages write to one place.
"""

import pathlib
from collections.abc import Iterator

import pytest

from keraslm.mixture_name import is_mixture, parts_of
from keraslm.training.options import OPTIONS, UNSET, Configuration
from keraslm.training.options.resolving import resolve
from keraslm_datasets import catalogue
from tests.documented import PAGES, Documented, commands

# What the reader brings; a page says of each what it stands for.
BROUGHT = {
    "-",
    "corpus.txt",
    "shakespeare.txt",
    "my-folder",
    "glove.6B.zip",
    "foreign.keras",
    "tokens.json",
    "peps.train.txt",
    "peps.valid.txt",
    "peps.test.txt",
    "pairs.tsv",
    "help.txt",  # written by a line of Python on its page
    "s1000.txt",  # and by head
    "beginning.txt",
    "third.txt",
    "letters.arpa",  # of another program
    "counting.py",  # a student's file, which begins as `keraslm check --stub` prints it
}
READ = {  # the parameters that name what is there already
    "model",
    "models",
    "vectors",
    "run",
    "corpus",
    "text",
    "texts",
    "valid",
    "train",
    "config",
    "init_from",
    "embeddings",
    "vocabulary",
    "foreign",
    "file",
    "given",
    "watch",
    "runs",
    "paths",
    "minus",
    "ladder",
    "pairs",
}
WRITTEN = ("out", "csv", "heatmap", "zipf")
NAMES_ITS_OUT = {"train", "ladder", "classes", "adopt", "embeddings train"}


def places_read(command: Documented) -> Iterator[str]:
    """Give the files and folders that a command reads."""
    for name in READ & command.options.keys():
        value = command.options[name]
        if name == "model" and command.name == "train":
            continue  # the kind of a model
        if name == "texts" and command.name in (
            "score",
            "tag",
            "classify",
            "translate",
        ):
            continue  # sentences
        values = value if isinstance(value, tuple) else (value,)
        yield from (str(v) for v in values if v is not None)
    classes = command.options.get("classes")
    if classes and not classes.isdecimal():
        yield classes


def places_written(command: Documented) -> list[str]:
    """Give the files and folders that a command writes."""
    options = command.options
    found = [options[name] for name in WRITTEN if options.get(name)]
    if command.name == "datasets export":
        found.append(options["folder"])
    return [str(place) for place in found]


def is_there(place: str, written: set[str]) -> bool:
    """Say whether a place is brought, a dataset, its truth, or below one written."""
    if place.startswith("truth:"):
        return True
    if is_mixture(place):
        return all(is_there(part, written) for part in parts_of(place)[0])
    place = place.split(":")[0]
    above = {str(folder) for folder in pathlib.PurePath(place).parents}
    named = place in BROUGHT or place in catalogue.names()
    return named or place in written or bool(above & written)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_line_reads_what_is_there_or_what_a_line_before_it_wrote(page):
    written: set[str] = set()
    for command in commands(page):
        missing = [p for p in places_read(command) if not is_there(p, written)]
        assert missing == [], command.words
        written |= {*places_written(command)}


def test_no_two_lines_write_to_one_place():
    written: dict[str, tuple[str, ...]] = {}
    for page in PAGES:
        for command in commands(page):
            if command.options.get("resume") or command.options.get("overwrite"):
                continue
            for place in places_written(command):
                if place.startswith("/dev/"):
                    continue
                assert place not in written, (page.name, command.words, written[place])
                written[place] = command.words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_leaves_its_place_to_a_default(page):
    """A default place is that of any other such line, which is then refused."""
    unnamed = [
        command.words
        for command in commands(page)
        if command.name in NAMES_ITS_OUT and not command.options.get("out")
    ]
    assert unnamed == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_options_of_a_training_belong_together(page):
    for command in commands(page):
        options = command.options
        if command.name != "train" or options["config"] or options["recipe"]:
            continue
        if (options["task"], options["objective"]) != ("lm", "causal"):
            continue
        given = {
            name: value
            for name, value in options.items()
            if name in OPTIONS and value is not None and value is not UNSET
        }
        resolve(Configuration(**given))  # raises what contradicts


def test_the_commands_are_found():
    readme, *pages = PAGES
    names = [command.name for command in commands(readme)]
    assert names[:4] == ["train", "train", "evaluate", "compare"]
    assert "ladder" in names
    found = [command for page in pages for command in commands(page)]
    loops = [command.options.get("smoothing") for command in found]
    assert "witten-bell" in loops  # a loop's body is a line for each of its words
    assert len(found) > 60
