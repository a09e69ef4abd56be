"""Vectors on a plane."""

import builtins

import numpy as np
import pytest

from keraslm.errors import MissingExtra, UsageError
from keraslm.vectors.pca import principal_components
from keraslm.vectors.tsne import tsne


def test_the_components_of_a_cross_are_its_arms():
    # variances 2 x 3^2 and 2 x 1^2, in directions that are turned by 45 degrees
    arms = np.array([[3, 0], [-3, 0], [0, 1], [0, -1]])
    turned = arms @ np.array([[1, 1], [-1, 1]]) / 2**0.5
    found = principal_components(turned + 7.0)
    np.testing.assert_allclose(np.abs(found.points), np.abs(arms), atol=1e-12)
    np.testing.assert_allclose(found.shares, [0.9, 0.1])


def test_distances_are_kept_where_two_dimensions_hold_all():
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(20, 2)) @ rng.normal(size=(2, 7))
    found = principal_components(flat)
    for one, other in (flat, found.points), (-flat, principal_components(-flat).points):
        away = np.linalg.norm(one[:, None] - one, axis=2)
        np.testing.assert_allclose(
            np.linalg.norm(other[:, None] - other, axis=2), away, atol=1e-9
        )
    assert found.shares.sum() == pytest.approx(1)


def test_equal_vectors_lie_on_one_point():
    found = principal_components(np.ones((3, 4)))
    assert np.abs(found.points).max() == 0
    assert found.shares.tolist() == [0, 0]


def test_too_few_vectors_are_refused():
    with pytest.raises(UsageError, match=r"2 vectors or more, .* received 1 of 5"):
        principal_components(np.ones((1, 5)))


def test_tsne_names_its_extra(monkeypatch):
    importing = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return importing(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match="'embeddings'"):
        tsne(np.eye(5))


def test_tsne_keeps_neighbours():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    groups = np.repeat(np.eye(3) * 20, 6, axis=0) + rng.normal(size=(18, 3))
    points = tsne(groups, seed=1)
    away = np.linalg.norm(points[:, None] - points, axis=2)
    nearest = np.argsort(away, axis=1)[:, 1]
    assert (nearest // 6 == np.arange(18) // 6).all()
