"""How probabilities are made of what the last layer shows, without a framework.

The equations of the softmaxes that are more than a product, and of hashed features of
the history. They run on `keras.ops`, and on NumPy with `outputs.arrays`.
"""
