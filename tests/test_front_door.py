"""What `import keraslm` gives, each when it is asked for."""

import subprocess
import sys

CODE = """
import sys, keraslm
assert "numpy" not in sys.modules
assert keraslm.cells.LSTM(2).states == ("h", "c")
assert keraslm.load.__name__ == "load"
assert keraslm.datasets.__name__ == "keraslm_datasets"
assert "keras" not in sys.modules
assert keraslm.layers.LSTM.__name__ == "LSTM"
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
