"""Settings of all tests."""

import os
import signal
from collections.abc import Callable

import pytest
from hypothesis import settings
from support.paths import ROOT

# The first call of a kernel compiles it, and CI machines are shared: no example fails because it is slow.
settings.register_profile("debrissim", deadline=None)
settings.load_profile("debrissim")

# Programs that tests start import the package that the tests import, and share its compiled kernels: an installed
# copy would compile all of them again.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))

# Shells start jobs in the background with Ctrl-C ignored, which the programs that tests interrupt would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def record_property(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Record a property of plain type: NumPy's scalars end a run in several processes, and pass in a single one."""

    def record(name: str, value: object) -> None:
        assert type(value) in (str, int, float), (
            f"the property {name!r} is of the type {type(value).__name__}"
        )
        record_property(name, value)

    return record
