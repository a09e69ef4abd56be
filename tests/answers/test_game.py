"""Shannon's guessing game: who guessed what at the how-manieth guess."""

import math

import numpy as np
import pytest

from keraslm.answers.game import Game, bounds, judged, machine, summary
from keraslm.answers.place import Asked
from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text

TEXT = "the dog barks loudly\nthe cat sleeps now\nthe dog sleeps now\n" * 40


@pytest.fixture
def asked(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    encoder = TextEncoder.fit(Text.from_string(TEXT), level="word")
    model = NgramModel.train(encoder, encoder.encode(TEXT), 2, Additive(0.1))
    model.metadata["configuration"] = {"corpus": str(path), "split": "80/10/10"}
    return Asked(model)


def test_a_model_guesses_in_the_order_of_its_probabilities(asked):
    ids = asked.encoder.encode_prompt("the cat sleeps now")
    guesses, bits = machine(asked, ids)
    # the begins every line; after the, dog is twice as frequent as cat
    assert guesses == [1, 2, 1, 1]
    log_p = asked.model.log_probabilities(np.array(ids))
    assert bits == pytest.approx(-log_p / math.log(2))


def test_the_room_s_guesses_are_counted_once_each(asked):
    ids = asked.encoder.encode_prompt("the cat sleeps now")
    assert judged(asked, ids, 1, ["cat"], False) == 1
    assert judged(asked, ids, 1, ["the", "the", "now", "cat"], False) == 3
    assert judged(asked, ids, 1, ["the", "Cat"], False) is None
    # given up after two: of what the model finds more probable, dog is left
    assert judged(asked, ids, 1, ["the", "now"], True) == 4
    assert judged(asked, ids, 1, ["dog"], True) == 2


def test_bounds_by_hand():
    # shares 3/4 and 1/4: upper = 0.8113; lower = 1/2 log2 1 + 2 * 1/4 log2 2 = 0.5
    found = bounds([1, 1, 1, 7])
    assert found["upper"] == pytest.approx(0.75 * math.log2(4 / 3) + 0.5)
    assert found["lower"] == pytest.approx(0.5)
    assert bounds([1] * 50) == {"lower": 0, "upper": 0}
    even = bounds([1, 2, 3, 4])
    assert even["lower"] == pytest.approx(even["upper"]) == pytest.approx(2)


def test_a_sum_needs_tokens():
    assert summary([])["mean"] is None
    few = summary([1, 3], [0.5, None])
    assert (few["mean"], few["at_once"], few["by_p"]) == (2, 0.5, None)
    assert few["upper"] is None
    assert summary([1, 2] * 15, [1.0] * 30)["upper"] == 1


def test_a_line_is_played_to_its_end(asked):
    game = Game()
    asking = {"seed": 3, "counts": [], "played": [], "guesses": [], "give_up": False}
    models = {"a": asked}
    first = game.turn(models, asking)
    assert (first["right"], first["tokens"], first["length"]) == (None, [], 4)
    counts = []
    for _ in range(4):
        turn = game.turn(models, asking | {"counts": counts, "give_up": True})
        assert turn["right"]
        counts = turn["counts"]
    assert turn["text"] + "\n" in TEXT
    # the room gave up at once, so it guessed as the model does
    assert counts == turn["models"]["a"]["guesses"]
    wrong = game.turn(models, asking | {"guesses": ["barks"]})
    assert (wrong["right"], wrong["counts"]) == (False, [])
    twice = game.turn(models, asking | {"seed": 4, "played": [[3, counts]]})
    assert twice["room"]["tokens"] == twice["models"]["a"]["tokens"] == 4
    assert twice["models"]["a"]["guesses"] == []


def test_without_its_text_there_is_no_game(asked):
    asked.model.metadata["configuration"] = {"corpus": "gone.txt"}
    with pytest.raises(UsageError, match="cannot be opened"):
        Game().line([asked], 1)
