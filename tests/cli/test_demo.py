"""The demo from end to end, with networks of a few steps."""

import keraslm as library
from keraslm_cli.commands import demo
from keraslm_datasets.catalogue import open_dataset


def test_it_trains_compares_and_writes(keraslm, tmp_path, monkeypatch):
    few = ({"model": "ngram", "order": 2}, {"model": "lstm", "units": 4, "steps": 3})
    monkeypatch.setattr(demo, "MODELS", few)
    monkeypatch.setattr(demo, "_village", lambda: open_dataset("village", "small"))
    monkeypatch.setattr(demo, "TEXT", "village:test:small")
    out = tmp_path / "demo"
    result = keraslm("demo", "--out", out)
    assert result.exit_code == 0, result.output
    assert (out / "perplexity.png").is_file()
    table, written = result.stdout.split("The LSTM writes:\n")
    assert "grammar, same text" in table
    model = library.load(out / "lstm")
    pieces = model.generate("", demo.WORDS, temperature=0.8, seed=1)
    assert written.strip() == "".join(pieces).strip()
