"""How probabilities are made of what the last layer shows, without a framework.

The equations of the softmaxes that are more than a product, and of hashed features of
the history. They run on NumPy with `outputs.arrays`, and on the tensors of a back end
with `kernels.tensors`.
"""
