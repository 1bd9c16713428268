"""One thread for every test, and one community that most of them learn from."""

import pytest
from threadpoolctl import threadpool_limits

from models.train import train
from tests.support.made_up import CONFIG, community


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Threads of scikit-learn that wait for busy cores cost more than they gain."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def made():
    """Features, labels and true probabilities."""
    return community()


@pytest.fixture(scope="session")
def result(made):
    """What training on them gives."""
    features, labels, _ = made
    return train(features, labels, CONFIG)
