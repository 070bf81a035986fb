"""The work folder: whole windows of this very search are picked up, everything else is searched again or refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, random_catalog

from debrissim.core.errors import InputError, RunError
from debrissim.screening.checkpoint import (
    MANIFEST,
    WorkFolder,
    open_work_folder,
    remove_work_folder,
    work_folder_beside,
)
from debrissim.screening.executors import Threads
from debrissim.screening.grid import Candidates
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import sphere
from debrissim.screening.window_search import digest

SCENARIO = {"scenario": "1", "catalogue": "2"}
CATALOG = random_catalog(np.random.default_rng(8), 120)


def candidates(count: int = 3) -> Candidates:
    rows = np.arange(count, dtype=np.int64)
    return Candidates(
        rows, rows + 1, rows / 3.0, rows / 7.0, rows > 1, 0.1, rows[:1], np.array([np.nan]), np.ones(1, np.uint8)
    )  # fmt: skip


@pytest.fixture
def work(tmp_path: Path) -> WorkFolder:
    return open_work_folder(tmp_path / "out.work", SCENARIO)


def run(work: WorkFolder | None, distance_km: float = 20.0) -> tuple[ScreeningResult, list[float]]:
    shares: list[float] = []
    result = screen(
        CATALOG, None, START_JD, START_FRACTION, 4000.0, [sphere(distance_km)],
        settings=ScreeningSettings(window_s=500.0), executor=Threads(1), work=work, progress=shares.append,
    )  # fmt: skip
    return result, shares


def test_it_stands_beside_the_results() -> None:
    assert work_folder_beside(Path("results/iss")) == Path("results/iss.work").absolute()


def test_what_is_kept_comes_back_bit_by_bit(work: WorkFolder) -> None:
    empty, full = candidates(0), candidates()
    work.keep("mark", 0, full)
    work.keep("mark", 7, empty)
    kept = work.finished("mark", 8)
    assert sorted(kept) == [0, 7]
    assert digest(kept[0]) == digest(full)
    assert digest(kept[7]) == digest(empty)
    assert isinstance(kept[0].half_step_s, float)
    assert work.finished("mark", 7).keys() == {0}
    assert work.finished("another", 8) == {}


@pytest.mark.parametrize("place", [0, 40, 300, -1])
def test_a_damaged_window_is_as_good_as_none(work: WorkFolder, place: int) -> None:
    work.keep("mark", 0, candidates())
    (path,) = work.folder.glob("*.window")
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 1
    for content in (bytes(damaged), whole[:place], b"", whole + b"\0"):
        path.write_bytes(content)
        assert work.finished("mark", 1) == {}
    path.write_bytes(whole)
    assert work.finished("mark", 1).keys() == {0}


def test_a_search_takes_whole_windows_and_redoes_the_others(work: WorkFolder) -> None:
    undisturbed, all_shares = run(None)
    assert len(undisturbed.encounters) > 3
    first, shares = run(work)
    assert shares == all_shares
    assert digest(first) == digest(undisturbed)
    paths = sorted(work.folder.glob("*.window"))
    assert len(paths) == len(shares)
    paths[2].write_bytes(paths[2].read_bytes()[:-30])
    paths[5].unlink()
    again, shares = run(work)
    assert digest(again) == digest(undisturbed)
    assert shares == all_shares[-2:]
    complete, shares = run(work)
    assert digest(complete) == digest(undisturbed)
    assert shares == []


def test_the_windows_of_another_search_are_never_taken(work: WorkFolder) -> None:
    run(work)
    other, shares = run(work, 30.0)
    assert len(shares) == 8
    assert digest(other) == digest(run(None, 30.0)[0])


@pytest.mark.parametrize("key", SCENARIO)
def test_another_run_is_refused(work: WorkFolder, key: str) -> None:
    assert open_work_folder(work.folder, SCENARIO) == work
    with pytest.raises(InputError, match=rf"out\.work: cannot be resumed, the {key} is another"):
        open_work_folder(work.folder, SCENARIO | {key: "other"})


def test_another_version_is_refused(work: WorkFolder) -> None:
    manifest = work.folder / MANIFEST
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content | {"the version of numba": "0.1"}))
    with pytest.raises(InputError, match="cannot be resumed, the version of numba is another"):
        open_work_folder(work.folder, SCENARIO)


@pytest.mark.parametrize("content", ["", "{", "[]", "3"])
def test_a_damaged_manifest_is_refused(work: WorkFolder, content: str) -> None:
    (work.folder / MANIFEST).write_text(content)
    with pytest.raises(InputError, match="begin anew"):
        open_work_folder(work.folder, SCENARIO)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(InputError, match="is not a work folder"):
        open_work_folder(tmp_path, SCENARIO)
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="file: cannot be used as a work folder"):
        open_work_folder(tmp_path / "file", SCENARIO)


def test_what_a_kill_at_the_very_start_leaves_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".manifest-17-abcdef.window").write_bytes(b"{")
    open_work_folder(tmp_path, SCENARIO)
    open_work_folder(tmp_path, SCENARIO)


def test_only_its_own_files_are_removed(work: WorkFolder) -> None:
    work.keep("mark", 0, candidates())
    (work.folder / "mine.txt").touch()
    with pytest.raises(RunError, match="cannot be removed"):
        remove_work_folder(work.folder)
    assert [path.name for path in work.folder.iterdir()] == ["mine.txt"]
    (work.folder / "mine.txt").unlink()
    remove_work_folder(work.folder)
    assert not work.folder.exists()


def test_a_disk_that_refuses_is_told(work: WorkFolder) -> None:
    remove_work_folder(work.folder)
    with pytest.raises(RunError, match=r"000000\.window: cannot be written"):
        work.keep("mark", 0, candidates())
