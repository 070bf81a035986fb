"""The room's public names: each one loads, and `screen` is the function although a module has the same name."""

from __future__ import annotations

import subprocess
import sys

import pytest

import debrissim.screening


@pytest.mark.parametrize("name", debrissim.screening.__all__)
def test_each_name_loads(name: str) -> None:
    value = getattr(debrissim.screening, name)
    assert name == "PRESETS" or value.__name__ == name


def test_screen_is_the_function_after_its_module_was_imported() -> None:
    code = (
        "import debrissim.screening.screen; from debrissim.screening import screen; assert callable(screen)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_room_loads_no_kernel() -> None:
    code = "import sys, debrissim.screening; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
