"""Settings of all tests."""

from collections.abc import Callable

import pytest
from hypothesis import settings

# The first call of a kernel compiles it, and CI machines are shared: no example fails because it is slow.
settings.register_profile("debrissim", deadline=None)
settings.load_profile("debrissim")


@pytest.fixture
def record_property(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Record a property of plain type: NumPy's scalars end a run in several processes, and pass in a single one."""

    def record(name: str, value: object) -> None:
        assert type(value) in (str, int, float), (
            f"the property {name!r} is of the type {type(value).__name__}"
        )
        record_property(name, value)

    return record
