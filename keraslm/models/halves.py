"""A step of training whose rows are read in two halves, at the same time.

A recurrent network multiplies small matrices one after another, and where a processor
has units for them, one core does each. So two programs of XLA read half of the rows
each, from the same weights, and a third one updates the weights with the sum of both
gradients. The loss and the masks of dropout are those of the whole batch: up to
rounding, it is the step of Keras, which the other back ends make.
References: Dean et al. (2012), data parallelism.
"""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.precision import products_in
from keraslm.losses import NextToken
from keraslm.losses.nats import token_weights, weighted
from keraslm.models.architecture import kind_of
from keraslm.windows import ids_and_length

LEAST = 16  # rows of a half: fewer fill no product of a processor's units


def suits_halves(model: Any) -> bool:
    """Say whether a fit over Windows makes its steps so: of a network of our own.

    The gradient of hashed features is large, and would be made twice.
    """
    running = model._running
    state = running.states[False]
    if keras.backend.backend() != "tensorflow" or state is None:
        return False
    from keraslm.kernels.tensorflow.halves import two_are_faster

    has_other_losses = type(running.loss) is not NextToken or bool(model.losses)
    return (
        kind_of(model) == "recurrent"
        and "direct" not in model.architecture.parts
        and model.jit_compile is True
        and not has_other_losses
        and bool(model.trainable_variables)
        and model._compile_metrics is None
        and state.rows % 2 == 0
        and state.rows // 2 >= LEAST
        and two_are_faster()
    )


def step_of_halves(model: Any, data: Any) -> Any:
    """Predict, compare, update, as Keras's `train_step` does.

    `data` is (ids, targets, weights) of a Windows whose state is carried.
    """
    from keraslm.kernels.tensorflow.halves import in_halves

    running, optimizer = model._running, model.optimizer
    state, weights = running.states[False], model.trainable_variables

    def loss_of(rows: Any) -> tuple[Any, Any]:
        (x, y, sample_weight), before = rows
        ids, length = ids_and_length(x)
        with products_in(running.precision):
            shown, after = model.read(ids, before, True, length)
            nats = model.nats(shown, ops.cast(y, "int32"))
        weighs = token_weights(nats, shown, sample_weight)
        return optimizer.scale_loss(mean(nats, weighs)), (nats, weighs, after)

    def update(gradients: list[Any], told: Any) -> Any:
        nats, weighs, after = told
        state.carry_on(after)
        model.measure(nats, weighs, True)
        model._loss_tracker.update_state(mean(nats, weighs), nats.shape[0])
        optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return model.get_metrics_result()

    def mean(nats: Any, weighs: Any) -> Any:
        return ops.sum(weighted(nats, weighs)) / state.full

    others, rows = model.non_trainable_variables, (data, state.variables)
    return in_halves(loss_of, update, weights, others, rows)
