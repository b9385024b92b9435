"""The nearest phrases are found among many as among few."""

import numpy as np
import pytest
from scipy.sparse import random as sparse

from bot.nlu.neighbours import FEW, Neighbours

FEATURES, TOPICS = 50, 3


def nearest(neighbours, row, topic):
    """By looking at every phrase."""
    likeness = neighbours.postings.T.toarray()[:, row[0]] @ row[1]
    best = sorted(np.flatnonzero(likeness), key=lambda at: -likeness[at])[:FEW]
    agreeing = [likeness[at] for at in best if neighbours.topics[at] == topic]
    return likeness[best].max(), sum(agreeing) / likeness[best].sum()


@pytest.mark.parametrize("phrases", [5, 127, 1_024, 3_000])
def test_the_nearest_are_those_that_a_look_at_every_phrase_finds(phrases):
    chance = np.random.default_rng(phrases)
    postings = sparse(FEATURES, phrases, 0.1, "csr", np.float32, chance)
    neighbours = Neighbours(postings, chance.integers(TOPICS, size=phrases))
    row = np.arange(9), chance.random(9, np.float32)
    found = neighbours.opinion(row, 1)
    assert (found.nearest, found.share) == pytest.approx(nearest(neighbours, row, 1), rel=1e-5)


def test_a_text_that_shares_no_word_has_no_neighbour():
    postings = sparse(FEATURES, 2_000, 0.0, "csr", np.float32)
    found = Neighbours(postings, np.zeros(2_000)).opinion((np.arange(3), np.ones(3)), 0)
    assert found == (0.0, 0.0, 0.0, 0.0)
