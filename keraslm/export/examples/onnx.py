"""Write text with an exported model; needs numpy and onnxruntime.

python generate.py [TOKENS]
"""

import json
import pathlib
import sys

import numpy as np

try:
    import onnxruntime
except ImportError:
    sys.exit("needs onnxruntime: pip install onnxruntime, or 'keraslm[export]'")

folder = pathlib.Path(__file__).parent
model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
step = onnxruntime.InferenceSession(folder / "step.onnx")
names = [output.name for output in step.get_outputs()]
space = "" if model["level"] == "char" else " "

token, before = model["boundary_id"], ""
states = {
    state["name"]: np.full((1, *state["shape"][1:]), state["initial"], state["dtype"])
    for state in model["states"]
}
for _ in range(int(sys.argv[1]) if sys.argv[1:] else 200):
    given = {"ids": np.array([token], np.int32), **states}
    outputs = dict(zip(names, step.run(names, given), strict=True))
    states = {state["name"]: outputs[state["next"]] for state in model["states"]}
    outputs["logits"][0, model["unknown_id"]] = -np.inf
    token = int(outputs["logits"][0].argmax())  # temperature 0
    line_ends = token == model["boundary_id"]
    print("\n" if line_ends else before + model["tokens"][token], end="")
    before = "" if line_ends else space
print()
