"""What all tests share: nothing of the user's settings, and no screen."""

import functools
import gc
import os
import pathlib
import signal
import sys

# Before anything imports them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("KERASLM_HOME", None)

import pytest
from hypothesis import settings

from keraslm import processor

# A shell ignores Ctrl-C in what it runs in the background, `nohup` a closed terminal,
# and what the tests start would inherit both.
for number, usual in (
    (signal.SIGINT, signal.default_int_handler),
    (getattr(signal, "SIGHUP", None), signal.SIG_DFL),  # not on Windows
):
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

# A slow machine is no fault of what is tested.
settings.register_profile("keraslm", deadline=None)
settings.load_profile("keraslm")


WITHOUT_XLA = pytest.MonkeyPatch()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Compile no step by XLA, which takes seconds, unless the test is about that.

    Nothing but XLA multiplies in bfloat16, so the precision is float32 then, whatever
    the processor has units for. TensorFlow rewrites no graph for speed either. A hook
    comes before the fixtures of a module, too.
    """
    WITHOUT_XLA.undo()
    by_xla = item.get_closest_marker("xla") is not None
    tensorflow, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
    if tensorflow is not None:
        rewriting = {"disable_meta_optimizer": not by_xla}
        tensorflow.config.optimizer.set_experimental_options(rewriting)
    if by_xla:
        return
    WITHOUT_XLA.setattr(processor, "DESCRIPTION", pathlib.Path(os.devnull))
    models = sys.modules.get("keraslm.models.causal")
    if models is not None:
        never = property(lambda model: False)
        WITHOUT_XLA.setattr(models.CausalModel, "suits_xla", never)
    if keras is not None and keras.backend.backend() == "tensorflow":
        asked = "_resolve_auto_jit_compile"
        WITHOUT_XLA.setattr(keras.Model, asked, lambda model: False, raising=False)


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch):
    """Draw pictures with few dots, which is quicker and asks the same of the code."""
    style = sys.modules.get("keraslm.figures.style")
    if style is not None:
        monkeypatch.setattr(style, "DOTS_PER_INCH", 40)


@pytest.fixture(autouse=True)
def settled():
    """Once TensorFlow is there, look for no garbage in it: a run looks twice."""
    if "tensorflow" in sys.modules:
        _settle()


@functools.cache
def _settle():
    gc.collect()
    gc.freeze()
