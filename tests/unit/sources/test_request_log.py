"""Requests stay below the limits in any period, over all processes, and a record that is damaged counts as full."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.space_track_server import Clock

from debrissim.core.errors import RunError
from debrissim.sources.request_log import LIMITS, Limit, RequestLog


def log_of(folder: Path, clock: Clock, limits: tuple[Limit, ...] = LIMITS, **options: object) -> RequestLog:
    return RequestLog(folder, limits=limits, now=clock.now, sleep=clock.sleep, **options)  # type: ignore[arg-type]


def most_within(times: list[float], period_s: float) -> int:
    """The largest number of times in any half-open period, by looking at each."""
    return max(sum(t - period_s < other <= t for other in times) for t in times)


@settings(max_examples=25)
@given(gaps=st.lists(st.floats(0.0, 40.0), min_size=1, max_size=25))
def test_no_period_has_more_requests_than_its_limit(
    gaps: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock, limits = Clock(), (Limit(3, 60.0), Limit(7, 300.0))
    log, times = log_of(tmp_path_factory.mktemp("log"), clock, limits), []
    for gap in gaps:
        clock.time += gap
        while True:
            try:
                log.wait_for_turn()
            except RunError:
                clock.time += 30.0
                continue
            break
        times.append(clock.time)
    assert all(most_within(times, limit.period_s) <= limit.count for limit in limits)


def test_a_wait_is_as_short_as_it_can_be(tmp_path: Path) -> None:
    clock, said = Clock(), []
    log = log_of(tmp_path, clock, (Limit(2, 60.0),), report=said.append)
    for _ in range(3):
        log.wait_for_turn()
    assert clock.slept == [pytest.approx(60.001)]
    assert said == ["Space-Track: waiting 60 s: 2 requests were sent within 1 min"]


def test_a_long_wait_is_refused_with_the_time(tmp_path: Path) -> None:
    clock = Clock(time=1_800_000_000.0)
    log = log_of(tmp_path, clock, (Limit(2, 3600.0),))
    log.wait_for_turn()
    log.wait_for_turn()
    with pytest.raises(
        RunError, match=r"^not asked before 2027-01-15 09:00 UTC: 2 requests were sent within 60 min$"
    ):
        log.wait_for_turn()
    assert clock.slept == []


def test_processes_share_one_record(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from debrissim.sources.request_log import Limit, RequestLog\n"
        "log = RequestLog(Path(sys.argv[1]), limits=[Limit(10, 3600.0)])\n"
        "for _ in range(4):\n    log.wait_for_turn(); print('sent')"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(4)
    ]
    sent = sum(process.communicate()[0].count("sent") for process in processes)
    assert sent == 10


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"times": ["x"]}', '{"times": [NaN], "downloads": {}}', "\0\1"]
)
def test_a_damaged_record_counts_as_full(content: str, tmp_path: Path) -> None:
    (tmp_path / "requests.json").write_text(content)
    clock = Clock(time=(tmp_path / "requests.json").stat().st_mtime)
    log = log_of(tmp_path, clock)
    with pytest.raises(RunError, match="not asked before"):
        log.wait_for_turn()
    clock.time += 3700.0
    log.wait_for_turn()


def test_a_clock_set_back_frees_nothing_and_blocks_no_longer_than_the_limit(tmp_path: Path) -> None:
    clock = Clock()
    log = log_of(tmp_path, clock, (Limit(1, 60.0),))
    log.wait_for_turn()
    clock.time -= 86_400.0
    log.wait_for_turn()
    assert clock.slept == [pytest.approx(60.001)]


def test_downloads_are_remembered(tmp_path: Path) -> None:
    clock = Clock()
    log = log_of(tmp_path, clock)
    assert log.last_download("gp") is None
    log.note_download("gp")
    log.wait_for_turn()
    assert log.last_download("gp") == clock.time


def test_a_folder_that_cannot_be_written_sends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        RequestLog(tmp_path / "file" / "folder").wait_for_turn()
