"""What all tests share: nothing of the user's settings, and no screen."""

import os
import pathlib
import sys

# Before anything imports them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("KERASLM_HOME", None)

import pytest
from hypothesis import settings

from keraslm import processor

# A slow machine is no fault of what is tested.
settings.register_profile("keraslm", deadline=None)
settings.load_profile("keraslm")


@pytest.fixture(autouse=True)
def without_xla(request, monkeypatch):
    """Compile no step by XLA, which takes seconds, unless the test is about that.

    Nothing but XLA multiplies in bfloat16, so the precision is float32 then, whatever
    the processor has units for.
    """
    if request.node.get_closest_marker("xla"):
        return
    monkeypatch.setattr(processor, "DESCRIPTION", pathlib.Path(os.devnull))
    models = sys.modules.get("keraslm.models.causal")
    if models is not None:
        never = property(lambda model: False)
        monkeypatch.setattr(models.CausalModel, "suits_xla", never)
