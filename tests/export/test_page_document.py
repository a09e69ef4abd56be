"""A page as a document: nothing in it is loaded, and nothing that a model says runs."""

import base64
import hashlib
import html.parser
import importlib.resources
import json
import re
import shutil
import subprocess

import pytest

from keraslm.counts.model import NgramModel
from keraslm.export.page.writing import export_page
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

CHROMIUM = shutil.which("chromium")
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img/src=x/onerror=alert(1)>",
    "{{program}}",
    "&lt;b&gt;",
    "\u2028\u2029",
    "\u202egnp.exe",
    "\x00\x1b[2J",
    "\\u003c",
    '"],"x":["',
    "__proto__",
]


class Parsed(html.parser.HTMLParser):
    """What a browser would see: tags with attributes, and the text of scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag in ("script", "style")
        if self.inside:
            self.scripts.append((tag, dict(attributes), ""))

    def handle_data(self, data):
        if self.inside:
            tag, attributes, text = self.scripts[-1]
            self.scripts[-1] = (tag, attributes, text + data)

    def handle_endtag(self, tag):
        self.inside = False


@pytest.fixture
def hostile():
    """A model whose tokens and name would like to be markup."""
    vocabulary = Vocabulary(["<unk>", "</s>", *HOSTILE])
    encoder = TextEncoder(tokenizer_named("word"), vocabulary)
    ids = encoder.encode("\n".join(HOSTILE[:2]))
    model = NgramModel.train(encoder, ids, 2, "kneser-ney")
    model.name = HOSTILE[0]
    return model


@pytest.fixture
def page(tmp_path, hostile):
    export_page([hostile], tmp_path / "page.html")
    return tmp_path / "page.html"


def test_tokens_are_data_and_come_back_as_they_were(page, hostile):
    found = Parsed(page.read_text("utf-8"))
    kinds = [attributes.get("type") for tag, attributes, _ in found.scripts]
    assert kinds == [None, "application/json", "text/plain", None]
    described = json.loads(found.scripts[1][2])
    assert described["tokens"] == list(hostile.vocabulary.tokens)
    assert described["name"] == hostile.name
    attributes = {name for _, given in found.tags for name in given}
    assert not [name for name in attributes if name.startswith(("on", "src", "href"))]
    assert not {"img", "link", "iframe", "object", "base", "b"} & {
        tag for tag, _ in found.tags
    }


def test_nothing_in_the_file_hides_or_steers(page):
    text = page.read_text("utf-8")
    hidden = [c for c in text if not c.isprintable() and c != "\n"]
    assert hidden == []


def test_the_policy_allows_this_style_and_this_program_alone(page):
    found = Parsed(page.read_text("utf-8"))
    (policy,) = (
        given["content"]
        for tag, given in found.tags
        if given.get("http-equiv") == "Content-Security-Policy"
    )
    style, program = found.scripts[0][2], found.scripts[-1][2]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind, text in (("style", style), ("script", program)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_the_program_writes_text_only():
    folder = importlib.resources.files("keraslm.export.page") / "assets"
    for file in folder.iterdir():
        source = file.read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function"
            r"|fetch\(|XMLHttp|import\(|https?:|url\(|@import",
            source,
        ), file.name


@pytest.mark.skipif(CHROMIUM is None, reason="there is no `chromium` on the PATH")
def test_a_browser_shows_the_tokens_as_text(page, tmp_path):
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu"),
            *("--no-first-run", "--disable-background-networking"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=3000"),
            *("--dump-dom", page.as_uri()),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    bars = done.stdout.partition('id="bars"')[2].partition("</ul>")[0]
    names = re.findall(r'<bdi class="name[^"]*"[^>]*>([^<]*)</bdi>', bars)
    shown = [html.unescape(name) for name in names]
    assert HOSTILE[0] in shown
    assert "\\u{202e}gnp.exe" in shown
    assert "\\u{2028}\\u{2029}" in shown
    figures = re.findall(r'<span class="figure">([\d.]+)</span>', bars)
    assert sum(map(float, figures)) == pytest.approx(100, abs=0.3)
