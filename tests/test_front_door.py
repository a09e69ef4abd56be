"""What `import keraslm` gives, each when it is asked for."""

import subprocess
import sys

import pytest

CODE = """
import sys, keraslm
assert "numpy" not in sys.modules
assert keraslm.cells.LSTM(2).states == ("h", "c")
assert keraslm.load.__name__ == "load"
assert keraslm.datasets.__name__ == "keraslm_datasets"
assert keraslm.TextEncoder.fit("village:valid:small").vocabulary.level == "char"
assert keraslm.datasets.load("village:small").name == "village"
assert keraslm.open_corpus("village:small").valid.characters
assert "keras" not in sys.modules
assert keraslm.Windows.__name__ == "Windows"
assert keraslm.layers.LSTM.__name__ == "LSTM"
assert keraslm.callbacks.WriteText.__name__ == "WriteText"
assert keraslm.losses.NextToken.__name__ == "NextToken"
assert keraslm.metrics.Perplexity.__name__ == "Perplexity"
assert keraslm.initializers.WordVectors.__name__ == "WordVectors"
try:
    keraslm.nothing
except AttributeError as error:
    print(error)
"""


def test_rooms_and_names_are_imported_when_they_are_asked_for():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
    )
    assert done.stdout == "module 'keraslm' has no attribute 'nothing'\n"


@pytest.mark.long
def test_a_room_may_be_the_first_that_imports_keras():
    rooms = "callbacks initializers layers losses metrics models windows".split()
    for room in rooms:
        code = f"import keraslm.{room}, keras; print(keras.saving.{REGISTERED})"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert "NextToken" in done.stdout


REGISTERED = "get_registered_object('keraslm>NextToken')"
