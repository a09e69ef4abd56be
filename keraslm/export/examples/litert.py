"""Write text with an exported model; needs numpy and ai-edge-litert.

python generate.py [TOKENS]
"""

import json
import pathlib
import sys

import numpy as np

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    sys.exit("needs ai-edge-litert: pip install ai-edge-litert, or 'keraslm[export]'")

folder = pathlib.Path(__file__).parent
model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
interpreter = Interpreter(str(folder / "model.tflite"))
step = interpreter.get_signature_runner("step")
space = "" if model["level"] == "char" else " "

token, before = model["boundary_id"], ""
states = {
    state["name"]: np.full(state["shape"], state["initial"], state["dtype"])
    for state in model["states"]
}
for _ in range(int(sys.argv[1]) if sys.argv[1:] else 200):
    outputs = step(ids=np.array([token], np.int32), **states)
    states = {state["name"]: outputs[state["next"]] for state in model["states"]}
    logits = outputs["logits"][0]
    logits[model["unknown_id"]] = -np.inf
    token = int(logits.argmax())  # temperature 0
    line_ends = token == model["boundary_id"]
    print("\n" if line_ends else before + model["tokens"][token], end="")
    before = "" if line_ends else space
print()
