"""An adopted model gives the probabilities that its own network gives."""

import conftest as foreign  # noqa: F401
