"""Compiled functions run wherever the cache cannot be written, is full or damaged, and are those that were compiled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from debrissim.core import kernel_cache
from debrissim.core.fingerprint import NoFingerprintError, fingerprint
from debrissim.core.jit import jit

SOURCE = """\
from debrissim.core.jit import jit

@jit(error_model="numpy")
def divide(x, y):
    return x / y

DIVISOR = 2.0

@jit(error_model="numpy")
def half(x):
    return divide(x, DIVISOR)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kernel_cache, "kernel_folder", lambda: tmp_path)
    return tmp_path


def loaded(source: str = SOURCE) -> Any:
    """The function `half` of a source, as a new process has it."""
    module = ModuleType("functions")
    exec(compile(source, "functions.py", "exec"), module.__dict__)
    return module.half


def outcome(source: str = SOURCE) -> tuple[float, bool]:
    """Half of three, and whether the function came from the cache."""
    half = loaded(source)
    return half(3.0), sum(half.stats.cache_hits.values()) == 1


@pytest.mark.parametrize(
    ("changed", "result", "files"),
    [
        (("DIVISOR = 2.0", "DIVISOR = 4.0"), 0.75, 3),
        (("x / y", "x * y"), 6.0, 4),
        (('@jit(error_model="numpy")\ndef divide', "@jit\ndef divide"), 1.5, 4),
    ],
    ids=["constant", "called function", "option of it"],
)
def test_whatever_is_compiled_into_a_function_decides_its_file(
    folder: Path, changed: tuple[str, str], result: float, files: int
) -> None:
    """Numba's own cache notices nothing of it when it is in another module."""
    assert outcome() == (1.5, False)
    assert outcome() == (1.5, True)
    assert outcome(SOURCE.replace(*changed)) == (result, False)
    assert outcome("# A comment moves every line.\n" + SOURCE) == (1.5, True)
    assert len(list(folder.glob("*.kernel"))) == files
    assert not list(folder.glob("*.lock"))


@pytest.mark.usefixtures("folder")
def test_values_of_unknown_effect_are_not_cached() -> None:
    source = SOURCE.replace("DIVISOR = 2.0", "class DIVISOR: pass").replace("(x, DIVISOR)", "(x, 2.0)")
    with pytest.raises(NoFingerprintError, match="DIVISOR"):
        fingerprint(loaded(source.replace("2.0", "DIVISOR")))
    source = SOURCE.replace("DIVISOR = 2.0", "import os").replace("DIVISOR", "2.0 + 0 * len(os.sep)")
    assert outcome(source) == outcome(source) == (1.5, False)


def test_every_kernel_of_the_package_has_a_fingerprint() -> None:
    from importlib import import_module

    root = Path(kernel_cache.__file__).parents[1]
    names = [
        ".".join(("debrissim", *path.relative_to(root).with_suffix("").parts))
        for path in root.rglob("kernels/[!_]*.py")
    ]
    kernels = [
        value
        for name in names
        for value in vars(import_module(name)).values()
        if hasattr(value, "py_func") and value.py_func.__module__ == name
    ]
    assert len({fingerprint(kernel) for kernel in kernels}) == len(kernels) > 100


@pytest.mark.parametrize("damage", ["empty", "cut short", "another function", "one bit"])
def test_a_damaged_file_counts_as_absent_and_is_replaced(folder: Path, damage: str) -> None:
    assert outcome() == (1.5, False)
    divide, half = sorted(folder.glob("*.kernel"))
    assert half.name.startswith("functions.half-")
    whole = half.read_bytes()
    middle = len(whole) // 2
    half.write_bytes(
        {
            "empty": b"",
            "cut short": whole[:-1],
            "another function": divide.read_bytes(),
            "one bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        }[damage]
    )
    assert outcome() == (1.5, False)
    assert outcome() == (1.5, True)


def test_a_full_disk_costs_only_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(kernel_cache, "_save", full)
        assert outcome() == (1.5, False)
    assert list(folder.iterdir()) == []
    assert outcome() == (1.5, False)
    assert outcome() == (1.5, True)


def test_without_any_folder_functions_are_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_cache, "kernel_folder", lambda: None)
    assert outcome() == outcome() == (1.5, False)


def test_files_that_nothing_used_for_months_are_removed(folder: Path) -> None:
    assert outcome() == (1.5, False)
    divide, half = sorted(folder.glob("*.kernel"))
    for path in (divide, half):
        os.utime(path, (0.0, 0.0))
    foreign = folder / "notes.txt"
    foreign.touch()
    os.utime(foreign, (0.0, 0.0))
    assert outcome() == (1.5, True)
    # `half` was loaded, which makes it one of today; the next file written removes the other one.
    assert outcome(SOURCE.replace("2.0", "4.0").replace("x / y", "y * x"))[1] is False
    assert half.exists()
    assert foreign.exists()
    assert not divide.exists()


@pytest.mark.parametrize("foreign", ["writable by others", "a link", "a file"])
def test_a_folder_that_others_could_write_is_never_the_cache(tmp_path: Path, foreign: str) -> None:
    """What is loaded from a cache is executed."""
    place = tmp_path / "place"
    if foreign == "writable by others":
        place.mkdir()
        place.chmod(0o777)
    elif foreign == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.touch(mode=0o600)
    assert not kernel_cache._is_private(place)


def test_the_first_private_folder_of_three_is_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = kernel_cache.kernel_folder.__wrapped__
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    monkeypatch.setattr(kernel_cache.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    monkeypatch.setattr(kernel_cache._CONFIG, "CACHE_DIR", str(tmp_path / "numba"))
    assert find() == tmp_path / "numba" / "debrissim-kernels"
    monkeypatch.setattr(kernel_cache._CONFIG, "CACHE_DIR", "")
    users = find()
    if sys.platform == "linux":
        assert users == tmp_path / "users" / "debrissim" / "kernels"
    assert users.stat().st_mode & 0o777 == 0o700
    users.chmod(0o755)
    assert find() == tmp_path / "temporary" / f"debrissim-{os.getuid()}"
    (tmp_path / "temporary" / f"debrissim-{os.getuid()}").chmod(0o777)
    assert find() is None


def test_options_of_numba_are_part_of_a_fingerprint() -> None:
    def half(x: float) -> float:
        return x / 2.0

    kinds = [jit(half), jit(half, fastmath=True), jit(half, error_model="numpy")]
    assert len({fingerprint(kind) for kind in kinds}) == 3


PROGRAM = """\
import os, signal, sys, time
from pathlib import Path
from debrissim.core import kernel_cache
kernel_cache._is_private = lambda folder, private=kernel_cache._is_private: (
    folder.name == "kernels" and private(folder)
)
{before}
{source}
print(half(3.0), sum(half.stats.cache_hits.values()))
"""
KILLED = """
def killed(path, data):
    path.with_name("0.tmp").write_bytes(data[: len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
kernel_cache._save = killed
"""
TOGETHER = """
Path(sys.argv[1]).touch()
while len(list(Path(sys.argv[1]).parent.glob("*.ready"))) < 2:
    time.sleep(0.01)
"""


def started(folder: Path, before: str = "", name: str = "program", *arguments: str) -> subprocess.Popen[str]:
    """A process that prints the outcome of `half`, with its cache within a folder."""
    program = folder / f"{name}.py"
    program.parent.mkdir(exist_ok=True)
    program.write_text(PROGRAM.format(before=before, source=SOURCE), encoding="utf-8")
    surroundings = os.environ | {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    surroundings.pop("NUMBA_CACHE_DIR", None)
    return subprocess.Popen(
        [sys.executable, str(program), *arguments], env=surroundings, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of the cache is that of Linux")
def test_a_process_killed_while_it_writes_leaves_nothing_that_is_used(tmp_path: Path) -> None:
    """Its lock is free at once, and the cache serves another copy of the source."""
    killed = started(tmp_path, KILLED)
    assert (killed.communicate()[0], killed.returncode) == ("", -signal.SIGKILL)
    cache = tmp_path / "cache" / "debrissim" / "kernels"
    assert [path.suffix for path in sorted(cache.iterdir())] == [".tmp", ".lock", ".lock"]
    assert started(tmp_path).communicate()[0] == "1.5 0\n"
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    assert started(tmp_path, "", "reinstalled").communicate()[0] == "1.5 1\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of the cache is that of Linux")
def test_two_processes_at_once_compile_a_function_once(tmp_path: Path) -> None:
    """Both begin when both have imported everything."""
    processes = [
        started(tmp_path, TOGETHER, "program", str(tmp_path / f"{name}.ready")) for name in ("a", "b")
    ]
    assert sorted(process.communicate()[0] for process in processes) == ["1.5 0\n", "1.5 1\n"]
