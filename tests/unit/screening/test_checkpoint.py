"""The checkpoint: complete windows of the same search are reused, everything else is searched again or refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, random_catalog

from debrissim.core.errors import InputError, RunError
from debrissim.screening.checkpoint import (
    MANIFEST,
    Checkpoint,
    checkpoint_path,
    open_checkpoint,
    remove_checkpoint,
)
from debrissim.screening.executors import Threads
from debrissim.screening.failures import Failures
from debrissim.screening.grid import Candidates, WindowResult
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume
from debrissim.screening.window_search import digest

SCENARIO = {"scenario": "1", "catalogue": "2"}
CATALOG = random_catalog(np.random.default_rng(8), 120)


def window(count: int = 3) -> WindowResult:
    rows = np.arange(count, dtype=np.int64)
    return WindowResult(
        Candidates(rows, rows + 1, rows / 3.0, rows / 7.0, rows > 1),
        Failures(np.array([5]), np.array([np.nan]), np.ones(1, np.uint8), np.ones(1, np.bool_)),
    )


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return open_checkpoint(tmp_path / "out.work", SCENARIO)


def run(checkpoint: Checkpoint | None, distance_km: float = 20.0) -> tuple[ScreeningResult, list[float]]:
    fractions: list[float] = []
    result = screen(
        CATALOG,
        None,
        START_JD,
        START_FRACTION,
        4000.0,
        [ScreeningVolume.sphere(distance_km)],
        settings=ScreeningSettings(window_s=500.0),
        executor=Threads(1),
        checkpoint=checkpoint,
        progress=fractions.append,
    )
    return result, fractions


def test_the_path_is_that_of_the_results_with_a_suffix() -> None:
    assert checkpoint_path(Path("results/iss")) == Path("results/iss.work").absolute()


def test_stored_windows_are_read_back_bit_by_bit(checkpoint: Checkpoint) -> None:
    empty, full = window(0), window()
    checkpoint.keep("mark", 0, full)
    checkpoint.keep("mark", 7, empty)
    kept = checkpoint.finished("mark", 8)
    assert sorted(kept) == [0, 7]
    assert digest(kept[0]) == digest(full)
    assert digest(kept[7]) == digest(empty)
    assert checkpoint.finished("mark", 7).keys() == {0}
    assert checkpoint.finished("another", 8) == {}


@pytest.mark.parametrize("place", [0, 40, 300, -1])
def test_a_damaged_window_counts_as_missing(checkpoint: Checkpoint, place: int) -> None:
    checkpoint.keep("mark", 0, window())
    (path,) = checkpoint.folder.glob("*.window")
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 1
    for content in (bytes(damaged), whole[:place], b"", whole + b"\0"):
        path.write_bytes(content)
        assert checkpoint.finished("mark", 1) == {}
    path.write_bytes(whole)
    assert checkpoint.finished("mark", 1).keys() == {0}


def test_a_search_reuses_complete_windows_and_repeats_the_others(checkpoint: Checkpoint) -> None:
    expected, all_fractions = run(None)
    assert len(expected.encounters) > 3
    first, fractions = run(checkpoint)
    assert fractions == all_fractions
    assert digest(first) == digest(expected)
    paths = sorted(checkpoint.folder.glob("*.window"))
    assert len(paths) == len(fractions)
    paths[2].write_bytes(paths[2].read_bytes()[:-30])
    paths[5].unlink()
    again, fractions = run(checkpoint)
    assert digest(again) == digest(expected)
    assert fractions == all_fractions[-2:]
    complete, fractions = run(checkpoint)
    assert digest(complete) == digest(expected)
    assert fractions == []


def test_windows_of_another_search_are_never_reused(checkpoint: Checkpoint) -> None:
    run(checkpoint)
    result, fractions = run(checkpoint, 30.0)
    assert len(fractions) == 8
    assert digest(result) == digest(run(None, 30.0)[0])


@pytest.mark.parametrize("key", SCENARIO)
def test_another_run_is_refused(checkpoint: Checkpoint, key: str) -> None:
    assert open_checkpoint(checkpoint.folder, SCENARIO) == checkpoint
    with pytest.raises(InputError, match=rf"out\.work: cannot be resumed, the {key} differs"):
        open_checkpoint(checkpoint.folder, SCENARIO | {key: "other"})


def test_another_version_is_refused(checkpoint: Checkpoint) -> None:
    manifest = checkpoint.folder / MANIFEST
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content | {"the version of numba": "0.1"}))
    with pytest.raises(InputError, match="cannot be resumed, the version of numba differs"):
        open_checkpoint(checkpoint.folder, SCENARIO)


@pytest.mark.parametrize("content", ["", "{", "[]", "3"])
def test_a_damaged_manifest_is_refused(checkpoint: Checkpoint, content: str) -> None:
    (checkpoint.folder / MANIFEST).write_text(content)
    with pytest.raises(InputError, match="start again"):
        open_checkpoint(checkpoint.folder, SCENARIO)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(InputError, match="is not a work folder"):
        open_checkpoint(tmp_path, SCENARIO)
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="file: cannot be used as a work folder"):
        open_checkpoint(tmp_path / "file", SCENARIO)


def test_remains_of_a_run_killed_at_its_start_are_accepted(tmp_path: Path) -> None:
    (tmp_path / ".manifest-17-abcdef.window").write_bytes(b"{")
    open_checkpoint(tmp_path, SCENARIO)
    open_checkpoint(tmp_path, SCENARIO)


def test_only_files_of_the_checkpoint_are_removed(checkpoint: Checkpoint) -> None:
    checkpoint.keep("mark", 0, window())
    (checkpoint.folder / "mine.txt").touch()
    with pytest.raises(RunError, match="cannot be removed"):
        remove_checkpoint(checkpoint.folder)
    assert [path.name for path in checkpoint.folder.iterdir()] == ["mine.txt"]
    (checkpoint.folder / "mine.txt").unlink()
    remove_checkpoint(checkpoint.folder)
    assert not checkpoint.folder.exists()


def test_a_failed_write_is_reported(checkpoint: Checkpoint) -> None:
    remove_checkpoint(checkpoint.folder)
    with pytest.raises(RunError, match=r"000000\.window: cannot be written"):
        checkpoint.keep("mark", 0, window())
