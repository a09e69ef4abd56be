"""The peer of bench_recurrent.py: torch's nn.LSTM, trained as a language model.

`python torch_peer.py VOCABULARY EMBEDDING UNITS LAYERS BATCH TIME` prints tokens/s.
"""

import sys

import torch
from timing import seconds
from torch import nn

ROUNDS = 10
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class LanguageModel(nn.Module):
    """An embedding, a stack of LSTM layers, and a product with the vocabulary."""

    def __init__(
        self, vocabulary: int, embedding: int, units: int, layers: int
    ) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embedding)
        self.recurrent = nn.LSTM(embedding, units, layers)
        self.predict = nn.Linear(units, vocabulary)

    def forward(self, ids: torch.Tensor, state: tuple | None) -> tuple:
        """Give logits (time, batch, vocabulary) and the next state."""
        hidden, state = self.recurrent(self.embed(ids), state)
        return self.predict(hidden), state


class Training:
    """Steps of Adam at a gradient of norm 1 at most; the state is carried."""

    def __init__(self, vocabulary: int, sizes: list[int], batch: int, time: int):
        self._model = LanguageModel(vocabulary, *sizes).to(DEVICE)
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=1e-3)
        ids = torch.randint(2, vocabulary, (time + 1, batch), device=DEVICE)
        self._x, self._y = ids[:-1], ids[1:].flatten()
        self._state: tuple | None = None

    def step(self) -> float:
        """Update the weights once; give the loss, as Keras does."""
        self._optimizer.zero_grad()
        logits, state = self._model(self._x, self._state)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), self._y)
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._state = tuple(s.detach() for s in state)
        return loss.item()


def main() -> None:
    """Print the tokens a second of the sizes on the command line."""
    vocabulary, *sizes, batch, time = map(int, sys.argv[1:])
    training = Training(vocabulary, sizes, batch, time)
    training.step()
    print(batch * time / seconds(training.step, ROUNDS))


if __name__ == "__main__":
    main()
