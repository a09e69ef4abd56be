"""Masked language models: each token is predicted from both sides of it.

from keraslm.masked import MaskedOptions, load, train_masked

run = train_masked(MaskedOptions(model="bilstm"), "village")
load("runs/village-masked-bilstm").fill("the cat ___ the mouse .").best(5)
"""

from keraslm.masked.card import MaskedCard
from keraslm.masked.files import load, save
from keraslm.masked.model import MaskedModel
from keraslm.masked.options import MaskedOptions
from keraslm.masked.shape import Shape
from keraslm.masked.train import MaskedRun, train_masked

__all__ = [
    "MaskedCard",
    "MaskedModel",
    "MaskedOptions",
    "MaskedRun",
    "Shape",
    "load",
    "save",
    "train_masked",
]
