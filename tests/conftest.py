"""What all tests share: nothing of the user's settings, and no screen."""

import os
import sys

# Before anything imports them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("KERASLM_HOME", None)

import pytest
from hypothesis import settings

# A slow machine is no fault of what is tested.
settings.register_profile("keraslm", deadline=None)
settings.load_profile("keraslm")


@pytest.fixture(autouse=True)
def without_xla(request, monkeypatch):
    """Compile no step by XLA, which takes seconds, unless the test is about that."""
    models = sys.modules.get("keraslm.models.causal")
    if models is not None and not request.node.get_closest_marker("xla"):
        never = property(lambda model: False)
        monkeypatch.setattr(models.CausalModel, "suits_xla", never)
