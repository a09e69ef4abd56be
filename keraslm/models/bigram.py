"""The bigram: one-hot input, one matrix, softmax."""

from keraslm.models.window import WindowModel


def bigram(vocabulary_size: int) -> WindowModel:
    """Build the network that predicts a token from the one before it alone.

    Math:   P(y | x) = softmax(onehot(x) W + b)[y] = softmax(W[x] + b)[y]
            W (vocabulary, vocabulary), b (vocabulary,)
    It is multinomial logistic regression, whose loss is convex: trained to the end, its
    probabilities are the relative frequencies count(x y) / count(x).

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    References: Bengio, Ducharme, Vincent & Jauvin (2003), of which it is the smallest.
    """
    return WindowModel(vocabulary_size, context=1, input_kind="one-hot", hidden=())
