"""What the tests of facilities share."""

from __future__ import annotations

import pytest

from jkn.facility import directory


@pytest.fixture(autouse=True)
def _no_copy_of_another_test():
    """A test takes its changes back, and the number of the version with them."""
    directory.forget()
    yield
    directory.forget()
