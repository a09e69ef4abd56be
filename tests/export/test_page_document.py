"""A page as a document: nothing in it is loaded, and nothing that a model says runs."""

import base64
import hashlib
import html.parser
import importlib.resources
import json
import re


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


def test_tokens_are_data_and_come_back_as_they_were(hostile_page, hostile):
    found = Parsed(hostile_page.read_text("utf-8"))
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


def test_nothing_in_the_file_hides_or_steers(hostile_page):
    text = hostile_page.read_text("utf-8")
    hidden = [c for c in text if not c.isprintable() and c != "\n"]
    assert hidden == []


def test_the_policy_allows_this_style_and_this_program_alone(hostile_page):
    found = Parsed(hostile_page.read_text("utf-8"))
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
