"""Write text with an exported model; needs tensorflow.

python generate.py [TOKENS]
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

folder = pathlib.Path(__file__).parent
model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
step = tf.saved_model.load(str(folder)).signatures["step"]
space = "" if model["level"] == "char" else " "

token, before = model["boundary_id"], ""
states = {
    state["name"]: tf.fill((1, *state["shape"][1:]), state["initial"])
    for state in model["states"]
}
for _ in range(int(sys.argv[1]) if sys.argv[1:] else 200):
    outputs = step(ids=tf.constant([token]), **states)
    states = {state["name"]: outputs[state["next"]] for state in model["states"]}
    logits = outputs["logits"][0].numpy()
    logits[model["unknown_id"]] = -np.inf
    token = int(logits.argmax())  # temperature 0
    line_ends = token == model["boundary_id"]
    print("\n" if line_ends else before + model["tokens"][token], end="")
    before = "" if line_ends else space
print()
