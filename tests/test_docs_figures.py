"""Each figure of the documentation is run, held by a test, or dated.

Where it comes from stands in the table of tests/figures_of_docs.py.
"""

import functools
import math
import pathlib
import re

import pytest

import keraslm
from keraslm_datasets import village
from tests.docs_shell import ROOT, Folder, Notebook, Ran
from tests.documented import PAGES, Block, blocks, shell_lines
from tests.figures_of_docs import (
    FIGURE,
    SOURCES,
    Held,
    Run,
    figured_sections,
    figures,
    is_dated,
)

# Generated.
OTHERS = {"options.md"}
NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]\d+)?")
GROUPS = sorted({(p, s.slow) for (p, _), s in SOURCES.items() if isinstance(s, Run)})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_section_with_figures_says_where_they_come_from(page):
    if page.name in OTHERS:
        return
    unsaid = [
        name
        for name, found in figured_sections(page).items()
        if (page.name, name) not in SOURCES and not is_dated(found)
    ]
    assert unsaid == [], "Add `Measured DATE on MACHINE.`, or to figures_of_docs.py"


def test_the_table_has_no_section_that_is_gone():
    there = {(p.name, name) for p in PAGES for name in figured_sections(p)}
    assert SOURCES.keys() - there == set()


def test_a_figure_that_a_test_holds_stands_in_it():
    for (page, section), source in SOURCES.items():
        if isinstance(source, Held):
            text = (ROOT / source.by).read_text("utf-8")
            shown = figured_sections(_page(page))[section]
            for figure in source.figures.split():
                assert figure in " ".join(b.text for b in shown)
                assert figure.replace(",", "_") in text, (page, section, figure)


def test_the_mistake_of_base_two_is_a_power():
    assert round(math.log(2), 2) == 0.69
    assert round(71**0.69) == 19


def test_the_floor_of_the_village():
    truth = keraslm.load("truth:village")
    assert round(truth.evaluate("village:test").perplexity, 2) == 7.25
    assert round(math.exp(village.entropy_per_token()), 2) == 7.29


def test_what_the_page_on_the_truth_reckons():
    assert round(math.log(7.2482), 4) == 1.9808  # the grammar, as `evaluate` prints it
    assert round(math.log(1.5541), 4) == 0.4409  # of characters
    assert round(2.7620 - 1.9808, 4) == 0.7812


@pytest.mark.parametrize(
    ("name", "slow"),
    [pytest.param(*g, marks=[pytest.mark.long] if g[1] else []) for g in GROUPS],
)
def test_the_commands_of_a_page_print_its_figures(name, slow, tmp_path):
    runs = {
        section: source
        for (page, section), source in SOURCES.items()
        if page == name and isinstance(source, Run) and source.slow == slow
    }
    before = {source.after for source in runs.values()}
    parts = [b for b in blocks(_page(name)) if b.section in runs.keys() | before]
    done = _run(parts, Folder(tmp_path))
    assert [(ran.line, ran.errors) for ran in done if ran.status] == []
    for section, source in runs.items():
        mine = [block for block in parts if block.section == section]
        assert _not_printed(mine, done, source) == [], "\n".join(r.out for r in done)


def _run(parts: list[Block], folder: Folder) -> list[Ran]:
    notebook, done = Notebook(folder), []
    for block in parts:
        if block.kind == "python":
            done.append(notebook.run(block.text))
        elif block.kind == "shell":
            lines = shell_lines(block.text)
            done += [folder.run(x) for x in lines if not x.startswith("keraslm lab")]
    notebook.close()
    return done


def _not_printed(mine: list[Block], done: list[Ran], source: Run) -> list[str]:
    """Give the lines, rows and figures of a section that no command has printed."""
    everything = "\n".join(f"{ran.line}\n{ran.out}{ran.errors}" for ran in done)
    lines = {_words(line) for line in everything.splitlines()}
    missing = []
    for block in mine:
        if block.kind == "printed" and figures(block):
            rows = [_words(line) for line in block.text.splitlines() if line.strip()]
            missing += [row for row in rows if not _among(row, lines, source.within)]
        elif block.kind == "table":
            texts = [ran.out for ran in done]
            missing += [
                row
                for row in block.text.splitlines()
                if not any(_holds(text, FIGURE.findall(row), source) for text in texts)
            ]
        elif block.kind == "prose":
            found = figures(block)
            missing += [f for f in found if not _holds(everything, [f], source)]
    return missing


def _words(line: str) -> str:
    return " ".join(line.split())


def _among(row: str, lines: set[str], within: float) -> bool:
    """Say whether a line was printed; its numbers may differ within a share."""
    if row in lines or not within:
        return row in lines
    return any(
        NUMBER.sub("", row) == NUMBER.sub("", line)
        and all(
            _equal(a, b, within)
            for a, b in zip(NUMBER.findall(row), NUMBER.findall(line), strict=True)
        )
        for line in lines
    )


def _holds(text: str, wanted: list[str], source: Run) -> bool:
    """Say whether a text has all figures, rounded as they are written."""
    printed = NUMBER.findall(text)
    return all(
        any(_equal(figure, number, source.within) for number in printed)
        for figure in wanted
        if figure not in source.besides.split()
    )


def _equal(figure: str, number: str, within: float) -> bool:
    digits = len(figure.partition(".")[2])
    wanted, found = (abs(float(n.replace(",", ""))) for n in (figure, number))
    return abs(wanted - found) <= 0.5001 * 10**-digits + within * wanted


@functools.cache
def _page(name: str) -> pathlib.Path:
    return next(page for page in PAGES if page.name == name)
