"""Models that count: n-grams, and one smoothing a file."""
