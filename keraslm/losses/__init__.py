"""What is minimised: the nats of the next token."""

from keraslm.losses.next_token import NextToken

__all__ = ["NextToken"]
