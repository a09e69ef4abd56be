"""What is minimised: the nats of the next token."""

from keraslm.losses.next_token import NextToken
from keraslm.losses.sampled_next_token import SampledNextToken

__all__ = ["NextToken", "SampledNextToken"]
