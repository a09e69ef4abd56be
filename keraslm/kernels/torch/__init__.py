"""What only PyTorch computes in its own way."""
