"""`debrissim events`: the list, the history, JSON, a figure and a page, at every width."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.fleet import EVENTS, write_fleet
from support.reports import HOSTILE, needs_report
from support.watch import START

from debrissim.cli.main import main
from debrissim.core.time import Time


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose events are ahead for the next centuries."""
    return write_fleet(tmp_path_factory.mktemp("ahead") / "events.sqlite", Time.of("2400-01-01"))


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fleet(tmp_path_factory.mktemp("over") / "events.sqlite", START)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


def test_the_answer_comes_first_then_its_range(ahead: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "--store", str(ahead)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("CSS (TIANHE) and DEBRIS 13: 1 in 890 to collide, in ")
    assert "RED (at or above 1 in 10,000); 14 events: " in " ".join(" ".join(lines[:2]).split())
    assert any(line.startswith("range from 1 in 8,900 to 1 in 450") for line in lines[:4])
    numbers = [int(line.split()[0]) for line in lines if line[:5].strip().isdigit()]
    assert numbers[:3] == [14, 13, 12]
    assert len(numbers) == EVENTS
    assert numbers[-1] == 7


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_nothing_is_wider_than_the_terminal(
    ahead: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for more in ([], ["--event", "4"]):
        assert main(["events", "--store", str(ahead), *more]) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= max(width, 60)
        # What matters most stays.
        assert "Pc" in out
        assert "TCA" in out


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_object_is_shown_with_its_number(
    ahead: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["events", "--store", str(ahead)]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if re.match(r" *\d+  \d{4}-", line)]
    assert len(rows) == EVENTS
    assert all(any(f"({number})" in row for number in (25544, 48274, 20580)) for row in rows), rows
    assert all("(3000" in row or "(3001" in row for row in rows), rows


def test_past_events_are_listed_with_all(over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "--store", str(over)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("No event ahead of ")
    assert f"{EVENTS} more with a past TCA: --all lists them" in out
    assert main(["events", "--store", str(over), "--all", "-n", "3"]) == 0
    out = capsys.readouterr().out
    assert " ago, RED" in " ".join(out.split())
    assert f"and {EVENTS - 3} more: --limit {EVENTS} shows all" in out


def test_a_history_has_a_row_for_every_report(over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "--store", str(over), "--event", "4"]) == 0
    out = capsys.readouterr().out
    assert out.count("own runs") == 6 + 1
    assert out.count("18 SDS") == 3
    assert "event 4: ISS (ZARYA) (25544) with DEBRIS 3 (30003), TCA 2024-11-02 06:43:1" in out


def test_json_has_null_for_what_is_not_known(over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "--store", str(over), "--all", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert len(content["events"]) == EVENTS
    assert content["events"][6]["latest"]["probability"] is None
    assert content["events"][0]["objects"][0] == {"key": "25544", "name": "ISS (ZARYA)"}
    assert main(["events", "--store", str(over), "--event", "4", "--json"]) == 0
    event = json.loads(capsys.readouterr().out)
    assert [update["source"] for update in event["history"]].count("18 SDS") == 3
    assert event["history"][-1] == event["latest"]


def test_a_figure_is_written_and_not_replaced(over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["--event", "4"], ["--all"]):
        assert main(["events", "--store", str(over), *more, "--figure", "f.png"]) == 0
        assert "figure in f.png" in capsys.readouterr().out
        assert Path("f.png").read_bytes().startswith(b"\x89PNG")
        assert main(["events", "--store", str(over), *more, "--figure", "f.png"]) == 2
        assert "f.png: exists already" in capsys.readouterr().err
        assert main(["events", "--store", str(over), *more, "--figure", "f.png", "--force"]) == 0
        Path("f.png").unlink()
    assert main(["events", "--store", str(over), "--figure", "f.jpg", "--all"]) == 2
    assert main(["events", "--store", str(over), "--figure", "f.png"]) == 2
    assert "there is no event to plot" in capsys.readouterr().err
    assert not Path("f.png").exists()


@needs_report
def test_a_page_is_written(over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "--store", str(over), "--report", "fleet.html"]) == 0
    assert "page for a browser: fleet.html" in capsys.readouterr().out
    assert "</html>" in Path("fleet.html").read_text("utf-8")


def test_names_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_fleet(tmp_path / "events.sqlite", START, hostile=True)
    for more in (["--all"], ["--event", "4"]):
        assert main(["events", "--store", str(path), *more]) == 0
        out = capsys.readouterr().out
        assert "\u202e" not in out
        assert "\x1b" not in out
    assert HOSTILE[0][:10] in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--store", "none.sqlite"], "none.sqlite: no such store of events"),
        (["--store", "text.sqlite"], "text.sqlite: not a store of events"),
        (["--store", "STORE", "--event", "99"], "has no event 99"),
    ],
)
def test_faults_are_one_sentence(
    over: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    Path("text.sqlite").write_text("no database, but some text")
    assert main(["events", *[str(over) if one == "STORE" else one for one in arguments]]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("debrissim: ")
    assert sentence in line
