"""Compiled functions run wherever the cache cannot be written, is full, or is damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """\
import sys
from pathlib import Path
from numba.core import caching

allowed = sys.argv[1]
ensure = caching._CacheLocator.ensure_cache_path

def refuse(self):
    if not allowed or allowed not in self.get_cache_path():
        raise PermissionError(13, "Permission denied", self.get_cache_path())
    ensure(self)

caching._CacheLocator.ensure_cache_path = refuse
{fault}
from debrissim.core.jit import jit

@jit(error_model="numpy")
def half(x):
    return x / 2.0

print(half(3.0), sum(half.stats.cache_hits.values()))
"""
FULL = """
def full(self, *arguments):
    raise OSError(28, "No space left on device")
caching.FunctionCache.save_overload = full
caching.FunctionCache.load_overload = full
"""


def run(folder: Path, allowed: str, fault: str = "") -> str:
    """The output of a program in which numba may write its cache only below a folder of the allowed name."""
    program = folder / "program.py"
    program.write_text(PROGRAM.format(fault=fault), encoding="utf-8")
    environment = os.environ | {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.run(
        [sys.executable, str(program), allowed], env=environment, check=True, capture_output=True, text=True
    )
    assert process.stderr == ""
    return process.stdout.strip()


def test_where_nothing_can_be_written_a_private_temporary_folder_is_the_cache(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    private = f"debrissim-{os.getuid()}"
    assert run(tmp_path, private) == "1.5 0"
    assert run(tmp_path, private) == "1.5 1"
    assert (tmp_path / "tmp" / private).stat().st_mode & 0o777 == 0o700


def test_without_any_cache_functions_are_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    assert run(tmp_path, "") == "1.5 0"
    assert run(tmp_path, "") == "1.5 0"


@pytest.mark.parametrize("foreign", ["writable by others", "a link", "a file"])
def test_a_folder_that_others_could_write_is_never_the_cache(tmp_path: Path, foreign: str) -> None:
    """What is loaded from a cache is executed."""
    place = tmp_path / "tmp" / f"debrissim-{os.getuid()}"
    place.parent.mkdir()
    if foreign == "writable by others":
        place.mkdir()
        place.chmod(0o777)
    elif foreign == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.touch(mode=0o600)
    assert run(tmp_path, place.name) == "1.5 0"
    assert run(tmp_path, place.name) == "1.5 0"


def test_a_full_or_damaged_cache_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    assert run(tmp_path, "__pycache__", FULL) == "1.5 0"
    assert run(tmp_path, "__pycache__") == "1.5 0"
    assert run(tmp_path, "__pycache__") == "1.5 1"
    for path in (tmp_path / "__pycache__").glob("*.nb?"):
        path.write_bytes(b"damaged")
    assert run(tmp_path, "__pycache__") == "1.5 0"
