"""What all tests share: nothing of the user's settings, and no screen."""

import os

# Before anything imports them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("KERASLM_HOME", None)

from hypothesis import settings

# A slow machine is no fault of what is tested.
settings.register_profile("keraslm", deadline=None)
settings.load_profile("keraslm")
