"""Making a Keras model that someone else trained a language model of this library."""

from keraslm.adoption.adopt import Adoption, adopt

__all__ = ["Adoption", "adopt"]
