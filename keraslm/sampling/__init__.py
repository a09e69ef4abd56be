"""Text is written by sampling a token, feeding it back, and sampling again."""
