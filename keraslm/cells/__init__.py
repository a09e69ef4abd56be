"""The equations of one step of each recurrent network, without a framework."""

from keraslm.cells.cell import Cell, Products, Weight
from keraslm.cells.gru import GRU
from keraslm.cells.lstm import LSTM
from keraslm.cells.registry import register
from keraslm.cells.simple_rnn import SimpleRNN

__all__ = ["GRU", "LSTM", "Cell", "Products", "SimpleRNN", "Weight", "register"]
