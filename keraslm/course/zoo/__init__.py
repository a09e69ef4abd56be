"""The bug zoo: classic mistakes of language models, and how each is revealed."""
