"""What a run leaves in memory."""

import gc

import pytest

import keraslm
from keraslm.training.run import train

tensorflow = pytest.importorskip("tensorflow")


def graphs_with_variables():
    from tensorflow.python.framework.func_graph import FuncGraph

    gc.collect()
    found = [o for o in gc.get_objects() if isinstance(o, FuncGraph)]
    return {id(g) for g in found if any(v.dtype == "resource" for v in g.inputs)}


def test_a_trained_network_is_freed_with_its_optimizer(small, corpus, tmp_path):
    before = graphs_with_variables()
    c = small("lstm", tmp_path / "run", direct_order=2, steps=2)
    train(c, corpus)
    keraslm.load(tmp_path / "run").perplexity("a cat")
    assert graphs_with_variables() <= before
