import json
import math

import pytest

from keraslm.errors import UsageError
from keraslm.ladder import Ladder
from keraslm.ladder.budget import LEAST, Budget
from keraslm.ladder.kinds import MEANING, MIXED
from keraslm.ladder.markdown import remarks, table, write_markdown
from keraslm.ladder.result import Result, ranks
from keraslm.ladder.rungs import MIXTURE, RUNGS, Rung, chosen
from keraslm.text.corpus import Corpus, Text
from keraslm.training.options import Configuration, resolve

LINES = ("the cat sees the dog\n", "a dog sees a cat\n", "the dog sleeps\n")
COUNTED = ("uniform", "unigram", "kneser-ney-5")


def text(name, times):
    return Text.from_string("".join(LINES * times), name)


@pytest.fixture
def corpus():
    return Corpus("pets", text("train", 20), text("valid", 3), text("test", 2))


def test_every_rung_is_measured_on_the_same_tokens(tmp_path, corpus):
    results = Ladder(corpus, tmp_path / "l", 1, COUNTED).climb()
    assert [r.name for r in results] == list(COUNTED)
    # vocabulary: <unk>, the line's end, the cat sees dog a sleeps
    assert results[0].perplexity == pytest.approx(8)
    assert results[0].perplexity > results[1].perplexity > results[2].perplexity
    assert {r.card["text"] for r in results} == {"test"}
    assert {r.card["tokens"] for r in results} == {2 * (6 + 6 + 4)}
    assert results[2].bytes == (tmp_path / "l/kneser-ney-5/model.keras").stat().st_size


def test_a_mixture_is_of_the_runs_below_it(tmp_path, corpus):
    ladder = Ladder(corpus, tmp_path, 1, COUNTED)
    _, *parts = ladder.climb()
    names = tuple(part.name for part in parts)
    mixture = Rung("mixture", "mixture", MIXED, how=MIXTURE, parts=names)
    found = ladder._measured(mixture)
    assert found["parameters"] == sum(part.parameters for part in parts)
    assert found["bytes"] == sum(part.bytes for part in parts)
    weights = [part["weight"] for part in found["card"]["details"]["parts"]]
    assert sum(weights) == pytest.approx(1)
    assert found["card"]["perplexity"] < parts[0].perplexity


def test_a_rung_that_fails_leaves_its_reason_and_the_others_go_on(
    tmp_path, corpus, monkeypatch
):
    def fails(self):
        raise MemoryError("no room\nfor it")

    monkeypatch.setattr(Ladder, "_uniform", fails)
    results = Ladder(corpus, tmp_path, 1, COUNTED).climb()
    assert results[0].failure == "no room"
    assert [r.failure for r in results[1:]] == ["", ""]
    page = (tmp_path / "ladder.md").read_text()
    assert "uniform failed: no room" in page
    monkeypatch.undo()
    again = Ladder(corpus, tmp_path, 1, COUNTED).climb()
    assert again[0].perplexity == pytest.approx(8)
    assert again[1:] == results[1:]  # what was there was not run again


def test_a_mixture_of_what_failed_fails(tmp_path, corpus, monkeypatch):
    run = Ladder._run

    def fails(self, rung):
        if rung.name == "lstm":
            raise ValueError("")
        return run(self, rung)

    monkeypatch.setattr(Ladder, "_run", fails)
    results = Ladder(corpus, tmp_path, 1, ["lstm-kneser-ney"]).climb()
    assert [r.failure for r in results] == [
        "",
        "ValueError",
        "its part lstm has no model",
    ]


def test_an_interrupted_ladder_goes_on(tmp_path, corpus, monkeypatch):
    ladder = Ladder(corpus, tmp_path, 1, COUNTED)
    run = Ladder._run

    def interrupted(self, rung):
        if rung.name == "kneser-ney-5":
            raise KeyboardInterrupt
        return run(self, rung)

    monkeypatch.setattr(Ladder, "_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ladder.climb()
    monkeypatch.undo()
    before = ladder.results
    assert len(before) == 2
    assert Ladder(corpus, tmp_path, 1, COUNTED).climb()[:2] == before


def test_another_ladder_is_not_continued(tmp_path, corpus):
    Ladder(corpus, tmp_path, 1, ["uniform"]).climb()
    other = Corpus("pets", text("train", 21), corpus.valid, corpus.test)
    with pytest.raises(UsageError, match="another training text"):
        Ladder(other, tmp_path, 1, ["uniform"])
    with pytest.raises(UsageError, match=r"another seed \(None, now 1\)"):
        Ladder(corpus, tmp_path, 1, ["uniform"], {"seed": 1})
    replaced = Ladder(other, tmp_path, 1, ["uniform"], overwrite=True)
    assert replaced.results == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "x"}'])
def test_a_damaged_file_is_no_ladder(tmp_path, corpus, content):
    (tmp_path / "ladder.json").write_text(content)
    with pytest.raises(UsageError, match="no ladder that can be continued"):
        Ladder(corpus, tmp_path, 1)


def test_a_folder_of_other_things_is_left_alone(tmp_path, corpus):
    (tmp_path / "letter.txt").write_text("dear")
    for overwrite in (False, True):
        with pytest.raises(UsageError, match="something else"):
            Ladder(corpus, tmp_path, 1, overwrite=overwrite)
    assert (tmp_path / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("minutes", [0, -1, math.inf, math.nan])
def test_minutes_are_more_than_none(tmp_path, corpus, minutes):
    with pytest.raises(UsageError, match="minutes must be"):
        Ladder(corpus, tmp_path, minutes)


def test_an_unknown_rung_is_named(tmp_path, corpus):
    with pytest.raises(UsageError, match="received 'lstn'"):
        Ladder(corpus, tmp_path, 1, ["lstn"])


@pytest.mark.parametrize("rung", [r for r in RUNGS if r.options], ids=lambda r: r.name)
def test_every_rung_is_a_run_that_keraslm_knows(rung):
    resolve(Configuration(**rung.options))


def test_rungs_are_climbed_from_the_lowest():
    assert [r.name for r in chosen(["lstm", "uniform"])] == ["uniform", "lstm"]


def test_the_minutes_are_shared_out(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    budget = Budget(100, spent=10, rungs=3)
    assert budget.share() == pytest.approx(30)  # (100 - 10) / 3
    now[0] = 36.0
    budget.took(30, 36)  # 6 seconds beyond its share
    assert budget.share() == pytest.approx((100 - 46) / 2 - 6)
    now[0] = 95.0
    budget.took(21, 21)
    assert budget.share() == LEAST


def card(known, every, vocabulary=100, oov=5, details=None):
    """Build a card as a dict, of a text of 20 tokens, with these perplexities."""
    return {
        "model": "m",
        "level": "word",
        "tokenizer": "word",
        "vocabulary_hash": "f00",
        "vocabulary_size": vocabulary,
        "text": "a|b",
        "text_sha256": "abc",
        "tokens": 20,
        "end_of_line_tokens": 1,
        "oov_tokens": oov,
        "oov_rule": "",
        "state_rule": "",
        "nats_per_token": math.log(every),
        "perplexity": every,
        "perplexity_without_oov": known,
        "bits_per_character": 1.5,
        "bits_per_byte": 1.5,
        "characters": 8,
        "bytes": 8,
        "seconds": 0.1,
        "tokens_per_second": 40.0,
        "version": "0",
        "command": "",
        "details": details or {},
    }


def cells_of(results, row):
    found = table(results)
    return dict(zip(found.headings, found.rows[row], strict=True))


def test_the_page_escapes_what_markdown_would_read(tmp_path):
    results = [Result("x", "x*", 7, 8, 9.0, card(10.0, 12.25), note="marked")]
    results.append(Result("y", "y", failure="<no> reason"))
    write_markdown(results, tmp_path / "page.md", "keraslm ladder a")
    page = (tmp_path / "page.md").read_text()
    assert "a\\|b: 20 tokens, 5 of them \\<unk>" in page
    assert (
        "| x\\* \\* |  |  | 1 | 12.25 | 10.00 | 2.5055 | 1.5000 | 7 | 8 | 9.0 |" in page
    )
    assert "\\<no> reason" in page
    assert page.endswith("reason\n\n```\nkeraslm ladder a\n```\n")
    first, *_, last = remarks(results)
    assert (first, last) == ("* x*: marked", "y failed: <no> reason")
    assert cells_of(results, 1)["perplexity"] == "failed"


def test_rungs_are_ranked_by_what_they_know_not_by_the_price_of_unk():
    """Figures of 100 kB of Shakespeare: Katz expects <unk>, Kneser-Ney knows more."""
    results = [
        Result("katz-3", "Katz", card=card(196.9, 107.7)),
        Result("kneser-ney-5", "Kneser-Ney", card=card(160.5, 389.3)),
        Result("unigram", "unigram", failure="no"),
    ]
    assert ranks(results) == {"kneser-ney-5": 1, "katz-3": 2}
    assert cells_of(results, 0)["rank"] == "2"
    assert cells_of(results, 0)["known tokens"] == "196.90"
    assert cells_of(results, 0)["perplexity"] == "107.70"
    (warning,) = [r for r in remarks(results) if r.startswith("Warning")]
    assert "5 of the 20 tokens (25.0%) are unknown" in warning


def test_where_all_tokens_are_known_there_is_one_perplexity_and_no_warning():
    results = [Result("katz-3", "Katz", card=card(10.0, 10.0, oov=0))]
    assert "known tokens" not in table(results).headings
    assert remarks(results) == [MEANING]


@pytest.mark.parametrize(
    ("name", "known", "marked"),
    [
        # 100 tokens: a uniform guess is log 100 nats, and nine tenths of that log 63.1
        ("lstm", 63.2, True),
        ("lstm", 63.0, False),
        ("maxent-5", 99.0, True),
        ("uniform", 100.0, False),  # never trained
        ("unigram", 99.0, False),
    ],
)
def test_a_rung_that_hardly_trained_is_marked(name, known, marked):
    result = Result(name, "title", card=card(known, 50.0))
    assert result.hardly_trained is marked
    assert ("title †" in cells_of([result], 0)["model"]) is marked
    assert any("hardly trained" in remark for remark in remarks([result])) is marked


def test_on_village_the_grammar_and_the_entropy_are_the_last_rows():
    own = {"nats_per_token": 1.9, "bits_per_character": 0.6}
    grammar = own | {"perplexity": 8.0, "perplexity_without_oov": 8.0}
    entropy = own | {"perplexity": 7.5, "perplexity_without_oov": 7.5}
    details = {"language": {"grammar": grammar, "entropy": entropy}}
    results = [Result("lstm", "LSTM", card=card(10.0, 10.0, oov=0, details=details))]
    # 10 is a quarter above the grammar's 8 on the same text, a third above the entropy
    assert cells_of(results, 0)["above grammar"] == "25.0%"
    assert cells_of(results, -2)["model"] == "grammar, same text"
    assert cells_of(results, -2)["perplexity"] == "8.00"
    assert cells_of(results, -1)["model"] == "entropy of the language"
    assert table(results).foot == 2


def test_a_mixture_costs_what_its_parts_cost(tmp_path, corpus):
    ladder = Ladder(corpus, tmp_path, 1, COUNTED)
    parts = [r for r in ladder.climb() if r.name != "uniform"]
    names = tuple(r.name for r in parts)
    rung = Rung("mixture", "m", MIXED, how=MIXTURE, parts=names)
    mixed = ladder._result(rung)
    assert mixed.seconds > sum(part.seconds for part in parts)
    assert mixed.bytes == sum(part.bytes for part in parts)


def test_results_are_json(tmp_path, corpus):
    ladder = Ladder(corpus, tmp_path, 1, ["uniform"])
    (result,) = ladder.climb()
    (kept,) = json.loads((tmp_path / "ladder.json").read_text())["results"]
    assert Result(**kept) == result


@pytest.mark.parametrize(
    ("name", "kind", "classes"),
    [
        ("uniform", "", ""),
        ("stupid-backoff-5", "count-based", "class-specific"),
        ("katz-5-pruned", "count-based", "class-specific"),
        ("maxent-5-skip", "MaxEnt", "class-based"),
        ("bigram", "MaxEnt", "class-based"),  # one matrix embeds nothing
        ("neural-bigram", "neural", "class-based"),
        ("transformer", "neural", "class-based"),
        ("rnn-256-maxent", "neural + MaxEnt", "class-based"),
        ("lstm-kneser-ney", "neural, count-based", "both"),
    ],
)
def test_every_rung_says_of_what_kind_it_is(name, kind, classes):
    cells = cells_of([Result(name, name, card=card(10.0, 10.0, oov=0))], 0)
    assert (cells["kind"], cells["classes"]) == (kind, classes)


def test_a_pruned_rung_has_fewer_n_grams_and_says_which(tmp_path, corpus):
    names = ["katz-5", "katz-5-pruned"]
    whole, pruned = Ladder(corpus, tmp_path, 1, names).climb()
    # in 20 times 3 lines: 8 tokens; each pair occurs 20 times or more, so all stay, and
    # of the longer n-grams none that occurs 20 times
    sizes = pruned.card["details"]["ngrams"]
    assert sizes[:2] == whole.card["details"]["ngrams"][:2]
    assert pruned.parameters < whole.parameters
    assert "30 times or less" in pruned.note


def test_a_rung_that_is_no_more_is_left_out(tmp_path, corpus):
    Ladder(corpus, tmp_path, 1, ["uniform"]).climb()
    file = tmp_path / "ladder.json"
    kept = json.loads(file.read_text())
    kept["results"].append({**kept["results"][0], "name": "of-another-version"})
    file.write_text(json.dumps(kept))
    assert [r.name for r in Ladder(corpus, tmp_path, 1).results] == ["uniform"]


@pytest.mark.long
def test_features_and_networks_with_features_climb(tmp_path, corpus):
    names = ["maxent-5", "maxent-5-skip", "maxent-4-classes", "rnn-64-maxent"]
    for level in ("word", "char"):
        ladder = Ladder(corpus, tmp_path / level, 0.2, names, {"level": level})
        assert [r.failure for r in ladder.climb()] == [""] * 4
