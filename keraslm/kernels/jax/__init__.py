"""What only JAX computes in its own way."""
