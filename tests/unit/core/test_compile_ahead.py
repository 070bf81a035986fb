"""Kernels are compiled by other processes while a job begins; whatever becomes of these, the job ends all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from debrissim.core import compile_ahead, kernel_cache
from debrissim.core.compile_ahead import compiled_ahead, declared_types, is_compiled
from debrissim.core.sorting import sort_few

KERNELS = """\
from debrissim.core.jit import jit

@jit(arguments="f8")
def first(x):
    return x + 1.0

@jit(arguments="f8[::1], i8")
def second(x, k):
    return x[k]
"""
_TIMEOUT_S = 60.0


def kernels() -> list[Any]:
    """Two kernels that this process has not compiled."""
    names: dict[str, Any] = {"__name__": "two_kernels"}
    exec(KERNELS, names)
    return [names["first"], names["second"]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kernel_cache, "kernel_folder", lambda: tmp_path)
    monkeypatch.setattr(compile_ahead, "_LOOK_EVERY_S", 0.001)
    return tmp_path


def wait_for(condition: Any) -> None:
    end = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.usefixtures("folder")
def test_declared_types_are_those_of_a_call() -> None:
    first, _ = kernels()
    assert not is_compiled(first)
    assert first(2.0) == 3.0
    assert set(first.overloads) == {declared_types(first)}
    assert is_compiled(first)
    assert is_compiled(kernels()[0])


def test_a_kernel_without_declared_arguments_is_refused() -> None:
    with pytest.raises(ValueError, match="sort_few: declares no arguments"):
        declared_types(sort_few)


@pytest.mark.usefixtures("folder")
def test_nothing_is_started_or_reported_when_all_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    for kernel in kernels():
        kernel.compile(declared_types(kernel))
    monkeypatch.setattr(compile_ahead, "_start_helpers", lambda _: pytest.fail("a helper was started"))
    with compiled_ahead(kernels(), lambda *_: pytest.fail("something was reported")):
        pass


@pytest.mark.parametrize("cached", [True, False])
def test_on_one_processor_or_without_a_cache_the_job_compiles_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    monkeypatch.setattr(compile_ahead, "processors", lambda: 1 if cached else 4)
    monkeypatch.setattr(kernel_cache, "kernel_folder", lambda: folder if cached else None)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a helper was started"))
    reports: list[tuple[int, int]] = []
    pair = kernels()
    with compiled_ahead(pair, lambda *report: reports.append(report)):
        wait_for(lambda: reports)
        for kernel in pair:
            kernel.compile(declared_types(kernel))
        wait_for(lambda: reports[-1][0] == 2)
    assert reports[0] == (0, 2)
    assert reports == sorted(reports)


@pytest.mark.usefixtures("folder")
def test_helpers_end_with_the_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_ahead, "processors", lambda: 2)
    monkeypatch.setattr(compile_ahead, "_END_WAIT_S", _TIMEOUT_S)
    monkeypatch.setattr(compile_ahead, "_HELPER", "import time; time.sleep(60)")
    begun: list[Any] = []
    start = compile_ahead._start_helpers
    monkeypatch.setattr(
        compile_ahead, "_start_helpers", lambda missing: begun.extend(start(missing)) or begun
    )
    with pytest.raises(KeyError), compiled_ahead(kernels(), lambda *_: None):
        raise KeyError
    assert [helper.returncode for helper in begun] == [-signal.SIGKILL]


@pytest.mark.usefixtures("folder")
def test_a_helper_that_fails_or_cannot_start_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_ahead, "processors", lambda: 2)
    for change in (
        ("_HELPER", "raise SystemExit(1)"),
        ("sys.executable", "/nonexistent"),
        ("sys.executable", ""),
    ):
        name, value = change
        target = compile_ahead.sys if name.startswith("sys.") else compile_ahead
        with monkeypatch.context() as patched:
            patched.setattr(target, name.removeprefix("sys."), value)
            with compiled_ahead(kernels(), lambda *_: None):
                pass


JOB = """\
import sys, time
from debrissim.core import compile_ahead
from two_kernels import first, second

compile_ahead.processors = lambda: 2
start = compile_ahead._start_helpers
def started(missing):
    helpers = start(missing)
    print(*(helper.pid for helper in helpers), flush=True)
    return helpers
compile_ahead._start_helpers = started
with compile_ahead.compiled_ahead([first, second], lambda *_: None):
    while not (compile_ahead.is_compiled(first) and compile_ahead.is_compiled(second)):
        time.sleep(0.01)
print(first(2.0), sum(first.stats.cache_hits.values()))
"""


def job(folder: Path, kernels: str = KERNELS) -> subprocess.Popen[str]:
    """A job that calls its kernels only when a helper has compiled them; its cache is within the folder."""
    (folder / "two_kernels.py").write_text(kernels, encoding="utf-8")
    (folder / "job.py").write_text(JOB, encoding="utf-8")
    surroundings = os.environ | {"XDG_CACHE_HOME": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    surroundings.pop("NUMBA_CACHE_DIR", None)
    return subprocess.Popen(
        [sys.executable, str(folder / "job.py")], env=surroundings, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of the cache is that of Linux")
def test_a_helper_compiles_for_the_job(tmp_path: Path) -> None:
    output = job(tmp_path).communicate(timeout=_TIMEOUT_S)[0].splitlines()
    assert output[1:] == ["3.0 1"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_helper_ends_when_its_job_is_killed(tmp_path: Path) -> None:
    with job(
        tmp_path, KERNELS + "\nimport sys, time\nif sys.argv[0] == '-c':\n    time.sleep(600)\n"
    ) as process:
        assert process.stdout is not None
        stat = Path(f"/proc/{int(process.stdout.readline())}/stat")
        assert stat.exists()
        process.kill()
    # A process that nothing waits for stays as a zombie (Z).
    wait_for(lambda: not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_sort_few_sorts_the_first_values_as_numpy_does() -> None:
    generator = np.random.default_rng(1)
    for count in range(12):
        values = generator.integers(-3, 4, 12) / 2.0
        expected = np.concatenate([np.sort(values[:count]), values[count:]])
        sort_few(values, count)
        assert np.array_equal(values, expected)
