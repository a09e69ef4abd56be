"""Keras layers, one idea a file, each with its equation."""

from keraslm.layers.adaptive_softmax import AdaptiveSoftmax
from keraslm.layers.additive_attention import AdditiveAttention
from keraslm.layers.backward_self_attention import BackwardSelfAttention
from keraslm.layers.bias import Bias
from keraslm.layers.both_sides import BothSides
from keraslm.layers.causal_self_attention import CausalSelfAttention
from keraslm.layers.class_softmax import ClassSoftmax
from keraslm.layers.direct_features import DirectFeatures
from keraslm.layers.dot_product_attention import DotProductAttention
from keraslm.layers.drop_words import DropWords
from keraslm.layers.dropout import Dropout
from keraslm.layers.gru import GRU
from keraslm.layers.input_feeding import InputFeeding
from keraslm.layers.learned_positions import LearnedPositions
from keraslm.layers.lstm import LSTM
from keraslm.layers.masked_max import MaskedMax
from keraslm.layers.multi_hot import MultiHotDense
from keraslm.layers.ngram_embedding import NgramEmbedding
from keraslm.layers.one_hot import OneHot, OneHotDense
from keraslm.layers.recurrent import Recurrent
from keraslm.layers.rms_norm import RMSNorm
from keraslm.layers.rotary_positions import RotaryPositions
from keraslm.layers.self_attention import SelfAttention
from keraslm.layers.simple_rnn import SimpleRNN
from keraslm.layers.sinusoidal_positions import SinusoidalPositions
from keraslm.layers.tied_embedding import TiedEmbedding
from keraslm.layers.transformer_block import TransformerBlock
from keraslm.layers.window import Window

__all__ = [
    "GRU",
    "LSTM",
    "AdaptiveSoftmax",
    "AdditiveAttention",
    "BackwardSelfAttention",
    "Bias",
    "BothSides",
    "CausalSelfAttention",
    "ClassSoftmax",
    "DirectFeatures",
    "DotProductAttention",
    "DropWords",
    "Dropout",
    "InputFeeding",
    "LearnedPositions",
    "MaskedMax",
    "MultiHotDense",
    "NgramEmbedding",
    "OneHot",
    "OneHotDense",
    "RMSNorm",
    "Recurrent",
    "RotaryPositions",
    "SelfAttention",
    "SimpleRNN",
    "SinusoidalPositions",
    "TiedEmbedding",
    "TransformerBlock",
    "Window",
]
