"""What only TensorFlow computes in its own way."""
