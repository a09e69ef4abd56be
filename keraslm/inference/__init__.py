"""Reading and writing with a trained network, on NumPy.

Nothing here imports Keras or a back end, so a model file answers at once.
"""
