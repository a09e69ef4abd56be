"""A page in a real browser: by keyboard, on a phone, dark and light."""

import pytest

from keraslm.counts.model import NgramModel
from keraslm.export.page.writing import export_page
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from tests.export.browser import CONTROL
from tests.export.conftest import HOSTILE
from tests.models.conftest import new_model

SENTENCES = "the dog barks\nthe cat sleeps\nthe dog sees a cat\n" * 4
PROMPT = "document.getElementById('prompt').value"
STATUS = "document.getElementById('prompt-status').textContent"
NAMES = "[...document.querySelectorAll('#bars li:not([hidden]) .name')].map((n) => n"
FIGURES = """[...document.querySelectorAll('#bars li:not([hidden])')].map((row) =>
    [...row.querySelectorAll('.figure')].map((figure) => Number(figure.textContent)))"""
WRITTEN = "[...document.querySelectorAll('.written')].map((text) => text.textContent)"
FOOTS = "[...document.querySelectorAll('.output .status')].map((s) => s.textContent)"
ENDED = f"{FOOTS}.every((text) => text.includes('seed'))"


def count(order):
    encoder = TextEncoder.fit(Text.from_string(SENTENCES), "word")
    return NgramModel.train(encoder, encoder.encode(SENTENCES), order)


@pytest.fixture
def words(tmp_path):
    """Two models of words on one page."""
    export_page([count(1), count(3)], tmp_path / "words.html")
    return (tmp_path / "words.html").as_uri()


def sums(browser):
    return [sum(column) for column in zip(*browser.value(FIGURES), strict=True)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_stands_over_the_edge(browser, words, width, dark):
    browser.open(words, width, 844, dark)
    assert browser.value("document.documentElement.scrollWidth") <= width
    ground = browser.value("getComputedStyle(document.body).backgroundColor")
    assert (int(ground[4:].split(",")[0]) < 128) is dark


def test_a_text_is_typed_and_its_bars_sum_to_one(browser, words):
    browser.open(words, 1280, 900)
    browser.value("document.getElementById('prompt').focus()")
    browser.type("the zebra sees do")
    browser.until(f"{STATUS}.startsWith('3 tokens')")
    said = browser.value(STATUS)
    assert "read as <unk>: “zebra”" in said
    assert "“do” is no known word so far and waits" in said
    assert sums(browser) == pytest.approx([100] * 4, abs=0.2)


def test_the_sampler_reshapes_the_fill_alone(browser, words):
    browser.open(words, 1280, 900)
    before = browser.value(FIGURES)
    browser.value(
        "const t = document.getElementById('temperature'); t.value = 0; "
        "t.dispatchEvent(new Event('input'))"
    )
    after = browser.value(FIGURES)
    assert [row[::2] for row in after] == [row[::2] for row in before]
    assert [sorted(column)[-2:] for column in list(zip(*after, strict=True))[1::2]] == [
        [0, 100],
        [0, 100],
    ]


def test_tokens_are_taken_and_text_is_written_by_keyboard(browser, words):
    browser.open(words, 390, 844)
    browser.value("document.getElementById('prompt').focus()")
    for _ in range(3):
        browser.press("Tab")
    names = browser.value(f"{NAMES}.textContent)")
    browser.press("ArrowDown")
    browser.press("Enter")
    second = names[1] if "end of line" not in names[1] else "\n"
    assert browser.value(PROMPT) == second
    browser.press("Enter", modifiers=CONTROL)
    browser.until(ENDED)
    assert browser.value(PROMPT) == second
    assert all(text.startswith(second) for text in browser.value(WRITTEN))
    assert all(text.startswith("300 tokens, ") for text in browser.value(FOOTS))


def test_a_page_writes_what_generate_writes(browser, ask, tmp_path):
    from keraslm.export.page.model import pack

    model = ask(new_model("lstm"))
    export_page([model], tmp_path / "page.html")
    browser.open((tmp_path / "page.html").as_uri(), 390, 844)
    browser.value("document.getElementById('prompt').focus()")
    browser.type("ab")
    browser.value("document.getElementById('seed').value = 7")
    browser.value("document.getElementById('length').value = 2000")
    browser.press("Enter", modifiers=CONTROL)
    browser.until(ENDED)
    rounded = pack(model, "float16").rounded
    assert browser.value(WRITTEN) == [
        "ab" + "".join(rounded.generate("ab", 2000, seed=7))
    ]


def test_hostile_tokens_are_shown_as_text(browser, hostile_page):
    browser.open(hostile_page.as_uri(), 390, 844)
    shown = browser.value(f"{NAMES}.textContent)")
    assert HOSTILE[0] in shown
    assert "\\u{202e}gnp.exe" in shown
    assert "\\u{2028}\\u{2029}" in shown
    assert browser.value("document.querySelectorAll('script').length") == 3
    assert browser.value("document.querySelector('h1').textContent") == HOSTILE[0]
