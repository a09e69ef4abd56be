"""What a vocabulary is stored as, and anything else in its place."""

from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import ModelFileError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

tokens = st.sampled_from(["<unk>", "\n", "</s>", "a", "ab"]) | st.text(max_size=2)
scalars = st.none() | st.integers() | st.floats() | tokens
lists = st.lists(scalars, max_size=6) | st.lists(tokens, max_size=6).map(
    lambda found: ["<unk>", "\n", *found]
)
vocabularies = scalars | st.dictionaries(
    st.sampled_from(["tokens", "counts"]), lists | scalars
)
encoders = scalars | st.fixed_dictionaries(
    {"tokenizer": st.sampled_from(["char", "word", "x", 3]), "vocabulary": vocabularies}
)


@given(
    st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from(["char", "word"])
)
def test_what_is_stored_comes_back(text, level):
    encoder, ids = TextEncoder.learn(tokenizer_named(level), text + "x")
    again = TextEncoder.from_dict(encoder.to_dict())
    assert again.hash == encoder.hash
    assert again.vocabulary.counts.tolist() == encoder.vocabulary.counts.tolist()
    assert again.encode(text + "x").tolist() == ids.tolist()


@given(encoders)
def test_anything_else_is_one_clear_line(data):
    try:
        encoder = TextEncoder.from_dict(data)
    except ModelFileError as error:
        assert "damaged" in str(error)
        assert "\n" not in str(error)
    else:
        assert list(encoder.vocabulary.tokens) == data["vocabulary"]["tokens"]
