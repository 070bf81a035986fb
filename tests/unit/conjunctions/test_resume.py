"""`--workers` and `--resume` on the command line: the same bytes, however often the run was killed."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from support.scale import (
    MANY_WINDOWS_TOML,
    WINDOW_COUNT,
    content,
    finished,
    kept_windows,
    started,
    wait_for_windows,
)

from debrissim.cli.main import main


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "many.toml").write_text(MANY_WINDOWS_TOML, encoding="utf-8")
    assert main(["run", str(folder / "many.toml"), "-q", "--out", str(folder / "out"), "--workers", "1"]) == 0
    assert not (folder / "out.work").exists()
    return content(folder / "out")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "many.toml").write_text(MANY_WINDOWS_TOML, encoding="utf-8")


RUN = ("many.toml", "--out", "out", "--workers", "1", "--resume")
WORK = Path("out.work")


def killed(more: int, delay_s: float = 0.0, blow: signal.Signals = signal.SIGKILL) -> tuple[int, str]:
    """Start or resume the run, kill it when it has finished some more windows and a moment later; see `finished`."""
    before = kept_windows(WORK)
    process = started(*RUN, folder=Path())
    wait_for_windows(WORK, before + more, process)
    time.sleep(delay_s)
    process.send_signal(blow)
    return finished(process)


def test_two_threads_give_the_same_bytes(undisturbed: dict[str, bytes]) -> None:
    assert main(["run", "many.toml", "-q", "--out", "out", "--workers", "2"]) == 0
    assert content(Path("out")) == undisturbed


def test_a_run_killed_five_times_and_resumed_gives_the_same_bytes(undisturbed: dict[str, bytes]) -> None:
    moments = random.Random(3)
    kept = []
    for _ in range(5):
        code, _ = killed(moments.randint(1, 6), moments.uniform(0.0, 0.03))
        assert code == -signal.SIGKILL
        assert not Path("out").exists()
        kept.append(kept_windows(WORK))
    assert kept == sorted(kept)
    assert 5 <= kept[-1] < WINDOW_COUNT
    assert main(["run", "many.toml", "-q", "--out", "out", "--resume", "--workers", "2"]) == 0
    assert content(Path("out")) == undisturbed
    assert not WORK.exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_kills_at_any_moment_of_the_life_of_a_run_change_nothing(
    undisturbed: dict[str, bytes], seed: int
) -> None:
    moments = random.Random(seed)
    kills = 0
    while kills < 15:
        process = started(*RUN, folder=Path())
        time.sleep(moments.uniform(0.0, 4.0))
        process.kill()
        kills += finished(process)[0] == -signal.SIGKILL
        if Path("out").exists():
            assert content(Path("out")) == undisturbed
            shutil.rmtree("out")
    assert main(["run", "many.toml", "-q", "--out", "out", "--resume"]) == 0
    assert content(Path("out")) == undisturbed


def test_an_interrupted_run_names_its_work_folder() -> None:
    code, message = killed(2, blow=signal.SIGINT)
    assert code == 1
    assert "interrupted; nothing was written; --resume continues from" in message
    assert message.endswith("out.work")
    assert kept_windows(WORK) >= 2


def test_another_scenario_or_catalogue_refuses_to_resume(capsys: pytest.CaptureFixture[str]) -> None:
    killed(1)
    resumed = ["run", "changed.toml", "-q", "--out", "out", "--resume"]
    Path("changed.toml").write_text(MANY_WINDOWS_TOML.replace("_days = 1.0", "_days = 0.9"), encoding="utf-8")
    assert main(resumed) == 2
    message = capsys.readouterr().err
    assert "out.work: cannot be resumed, the scenario differs from that of the interrupted run" in message
    assert main(["catalog", "synthesize", "synthetic.csv", "--count", "500"]) == 0
    Path("changed.toml").write_text(MANY_WINDOWS_TOML, encoding="utf-8")
    assert main([*resumed, "--catalog", "synthetic.csv"]) == 2
    assert "out.work: cannot be resumed, the catalogue differs" in capsys.readouterr().err
    assert not Path("out").exists()


def test_without_resume_nothing_is_kept_and_a_work_folder_is_left_alone(
    undisturbed: dict[str, bytes],
) -> None:
    killed(2)
    kept = kept_windows(WORK)
    assert main(["run", "many.toml", "-q", "--out", "out"]) == 0
    assert content(Path("out")) == undisturbed
    assert kept_windows(WORK) == kept


def test_a_damaged_window_is_searched_again(undisturbed: dict[str, bytes]) -> None:
    killed(8)
    for path in sorted(WORK.glob("0*.window"))[::2]:
        path.write_bytes(path.read_bytes()[:-7] + b"damage!")
    assert main(["run", "many.toml", "-q", "--out", "out", "--resume"]) == 0
    assert content(Path("out")) == undisturbed
