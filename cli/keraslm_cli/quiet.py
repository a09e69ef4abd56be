"""TensorFlow is silent on the command line, whatever level of notes the user set.

`import keraslm` keeps its start silent at level 3, which is set here. What its Python
warns of, such as many programs compiled in one ladder, is silent too. KERASLM_DEBUG=1
leaves the user's level as it is, and every warning.

Without oneDNN's operations, of which XLA's programs have none, freed memory goes back
to the system; with them TensorFlow keeps all that it ever took.
"""

import os

from keraslm.quiet import AFTERWARDS, LEVEL, SILENT
from keraslm_cli.failures import is_debugging

OPERATIONS = "TF_ENABLE_ONEDNN_OPTS"


def set_up_tensorflow() -> None:
    """Set the variables that a later `import tensorflow` reads."""
    os.environ.setdefault(OPERATIONS, "0")
    if not is_debugging():
        os.environ[LEVEL] = SILENT
        AFTERWARDS.append(_hear_errors_alone)


def _hear_errors_alone() -> None:
    import logging  # here, as a command without TensorFlow needs none

    logging.getLogger("tensorflow").setLevel(logging.ERROR)
