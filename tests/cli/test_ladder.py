"""keraslm ladder."""

from keraslm.ladder.rungs import NAMES
from keraslm_cli.commands.ladder import RUNGS


def test_the_help_names_every_rung():
    assert RUNGS == NAMES
