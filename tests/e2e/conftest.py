"""One real stack for all journeys, and a browser that may speak to this machine only."""

from collections.abc import Iterator

import pytest

from tests.e2e.stack import Stack
from tests.e2e.stack import stack as open_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with open_stack(tmp_path_factory.mktemp("stack")) as opened:
        yield opened
