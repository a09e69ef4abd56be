"""keraslm generate --explain, --novelty and --beams."""

import re
from html.parser import HTMLParser

import pytest

SETTINGS = ("--seed", 3, "--length", 6, "--temperature", 0.7, "--top-k", 4)
EXPLAINED = ("--explain", *SETTINGS)


def test_the_text_that_is_explained_is_the_one_that_is_written(keraslm, model):
    plain = keraslm("generate", model, *SETTINGS).stdout
    explained = keraslm("generate", model, *EXPLAINED).stdout
    assert explained.endswith("\n\n" + plain)
    numbers = re.findall(r"^(\d)\. ", explained, re.M)
    assert numbers == list("123456")


def test_the_tables_say_what_is_left(keraslm, model):
    shown = keraslm("generate", model, *EXPLAINED).stdout
    assert shown.count("no <unk>") == 6
    assert shown.count("T 0.7") == shown.count("top-k 4") == 6
    last = [line.split() for line in shown.splitlines() if line.startswith("tokens")]
    assert {line[-1] for line in last} == {"4"}


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_the_tables_fit_a_terminal(terminal, model, columns):
    lines = terminal(columns, "generate", model, *EXPLAINED, "--top-p", 0.9)
    assert max(map(len, lines)) <= columns


def test_json_has_every_step_whole(keraslm_json, model):
    found = keraslm_json("generate", model, *EXPLAINED)
    assert (found["seed"], found["top_k"], len(found["steps"])) == (3, 4, 6)
    assert "".join(step["piece"] for step in found["steps"]) == found["text"]
    for step in found["steps"]:
        low, high = step["interval"]
        assert low <= step["random"] < high
        shares = sum(row["top_k"] for row in step["tokens"])
        assert shares + step["others"]["top_k"] == pytest.approx(1, abs=1e-12)
    every = keraslm_json("generate", model, *EXPLAINED, "--all")
    assert {step["others"]["tokens"] for step in every["steps"]} == {0}


class Page(HTMLParser):
    """What a page shows, and what it would fetch or run."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.links, self.text = set(), [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [
            v for k, v in attrs if k in ("src", "href") or k.startswith("on")
        ]

    def handle_data(self, data):
        self.text += data


def test_the_page_stands_alone_and_escapes_everything(keraslm, train):
    nasty = "a <script>alert(1)</script> \u202eb &amp; 'x' \"y\" \u2014\n" * 3
    model = train(text=nasty)
    source = keraslm("generate", model, *EXPLAINED, "--format", "html").stdout
    assert source.isascii()
    page = Page(source)
    assert not page.tags & {"script", "img", "link", "iframe", "object", "base"}
    assert {link[0] for link in page.links} == {"#"}
    assert "\u202e" not in page.text
    assert "<script>alert(1)</script>" in page.text
    assert "\\u202eb" in page.text
    assert page.text.count("The random number") == 6


def test_novelty_of_what_is_copied_and_what_is_new(keraslm_json, train, text):
    model = train(order=4, delta=1e-9)  # it can only copy
    found = keraslm_json(
        "generate", model, "--novelty", text, "--length", 30, "--seed", 1,
        "--temperature", 0.5, "--temperature", 1e6,
    )  # fmt: skip
    tame, wild = found["temperatures"]
    assert [t["temperature"] for t in (tame, wild)] == [0.5, 1e6]
    assert [g["share"] for g in tame["ngrams"][:2]] == [0, 0]
    assert wild["ngrams"][0]["share"] == 0  # the words themselves are known
    assert wild["ngrams"][2]["share"] > 0.5
    assert tame["copied"][0]["tokens"] > wild["copied"][0]["tokens"]
    assert tame["copied"][0]["text"] in text.read_text() + "\n"


def test_novelty_is_compared_at_three_temperatures(keraslm, model, text):
    shown = keraslm(
        "generate",
        model,
        "--novelty",
        text,
        "--length",
        20,
        "--seed",
        1,
        "--samples",
        2,
    ).stdout
    assert shown.count("--- temperature") == 6
    assert re.search(r"n +T 0.5 +T 1 +T 1.5\n 1 +0.0% ", shown)
    alone = keraslm("generate", model, "--length", 20, "--seed", 1).stdout
    assert alone in shown


def test_one_beam_is_greedy_and_more_are_not_worse(keraslm_json, model):
    greedy = keraslm_json("generate", model, "--length", 8, "--temperature", 0)
    one = keraslm_json("generate", model, "--length", 8, "--beams", 1)
    assert [one["results"][0]["text"]] == greedy["samples"]
    many = keraslm_json("generate", model, "--length", 8, "--beams", 9)
    best = [found["results"][0]["log_probability"] for found in (one, many)]
    assert best == sorted(best)
    scores = [result["score"] for result in many["results"]]
    assert scores == sorted(scores, reverse=True)


def test_beam_search_says_that_it_does_not_stream(keraslm, model):
    result = keraslm(
        "generate", model, "--prompt", "the", "--beams", 3, "--until-line-end"
    )
    assert result.stdout.startswith("the ")
    assert result.stdout.count("\n") == 2  # the line's own, and the command's
    assert "does not stream" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--beams", 0), ("--beams", "0")),
        (("--beams", 2, "--length-penalty", -1), ("--length-penalty", "-1")),
        (("--beams", 2, "--temperature", 0.5), ("--temperature", "--beams")),
        (("--beams", 2, "--seed", 1), ("--seed", "--beams")),
        (("--beams", 2, "--explain"), ("--explain", "--beams")),
        (("--length-penalty", 1), ("--length-penalty", "--beams")),
        (("--until-line-end",), ("--beams",)),
        (("--format", "html"), ("--format", "--explain")),
        (("--explain", "--all"), ("--all", "--format json")),
        (("--explain", "--json", "--format", "html"), ("--json", "--format html")),
        (("--explain", "--samples", 2), ("--explain", "--samples")),
        (("--temperature", 1, "--temperature", 2), ("--temperature", "--novelty")),
        (("--novelty", "nowhere.txt"), ("nowhere.txt",)),
        (("--min-p", 1.5), ("--min-p", "1.5")),
        (("--typical-p", 0), ("--typical-p", "0")),
    ],
)
def test_what_does_not_go_together_is_refused(
    keraslm, refused, model, arguments, words
):
    refused(keraslm("generate", model, *arguments), 2, *words)
