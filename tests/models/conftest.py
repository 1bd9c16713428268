"""One thread for every test: threads of scikit-learn that wait for busy cores cost more than they gain."""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    with threadpool_limits(limits=1):
        yield
