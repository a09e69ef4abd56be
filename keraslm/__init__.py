"""keraslm: language models from counts to LSTMs, with numbers one can trust."""

__version__ = "0.1.0"
