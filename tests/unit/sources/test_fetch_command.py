"""`debrissim fetch` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.source_servers import Service, answer, gp_csv

from debrissim.cli.main import main
from debrissim.sources.cache import VARIABLE


@pytest.fixture(autouse=True)
def _cache(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.requests == []
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    # The real clock: the command has no other.
    monkeypatch.setattr(type(service), "date", "not a date")


def test_the_first_line_is_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["fetch", "celestrak:stations"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "celestrak:stations: 3 element sets, 0 min old, downloaded from CelesTrak"
    assert lines[1].startswith("  age       0 min (downloaded 20")
    assert any(line.startswith(f"  file      {tmp_path / 'cache'}") for line in lines)


def test_the_second_time_nothing_is_asked(service: Service, capsys: pytest.CaptureFixture[str]):
    for _ in range(3):
        assert main(["fetch", "celestrak:stations"]) == 0
    assert len(service.requests) == 1
    assert "3 element sets, 0 min old, from the cache" in capsys.readouterr().out


def test_a_copy_is_written_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "stations.csv"
    assert main(["fetch", "celestrak:stations", "--out", str(out)]) == 0
    assert out.read_bytes() == gp_csv().encode()
    assert main(["fetch", "celestrak:stations", "--out", str(out)]) == 2
    assert (
        "stations.csv: exists already; give another name, or --force to replace it" in capsys.readouterr().err
    )
    assert main(["fetch", "celestrak:stations", "--out", str(out), "--force"]) == 0


def test_the_facts_as_json(capsys: pytest.CaptureFixture[str]):
    assert main(["fetch", "celestrak:number=25544", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["source"] == "celestrak:number=25544"
    assert facts["url"].endswith("/NORAD/elements/gp.php?CATNR=25544&FORMAT=CSV")
    assert (facts["records"], facts["kind"], facts["asked"], facts["age_hours"]) == (
        3,
        "element sets",
        True,
        0.0,
    )
    assert len(facts["sha256"]) == 64


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nonsense"], 2, "debrissim: source: expected a name such as celestrak:active"),
        (
            ["celestrak:stations", "--offline"],
            1,
            "debrissim: celestrak:stations: offline; no copy is in the cache (",
        ),
        (
            ["celestrak:stations", "--max-age", "0"],
            2,
            "debrissim: --max-age: expected a positive number of hours",
        ),
    ],
)
def test_errors_are_one_sentence(
    arguments: list[str], code: int, sentence: str, service: Service, capsys: pytest.CaptureFixture[str]
):
    assert main(["fetch", *arguments]) == code
    error = capsys.readouterr().err
    assert error.startswith(sentence)
    assert error.count("\n") == 1
    assert service.requests == []


def test_a_bad_answer_is_noted_on_the_second_line(service: Service, capsys: pytest.CaptureFixture[str]):
    main(["fetch", "celestrak:stations"])
    service.answers(answer("<html>\x1b[2J", 503))
    assert main(["fetch", "celestrak:active"]) == 1
    error = capsys.readouterr().err
    assert error.startswith(
        "debrissim: celestrak:active: CelesTrak answered 503 Service Unavailable, saying an HTML "
    )
    assert main(["fetch", "celestrak:stations"]) == 0
    assert capsys.readouterr().out.startswith(
        "celestrak:stations: 3 element sets, 0 min old, from the cache\n"
    )


def test_nothing_of_the_network_is_imported_before_it_is_used():
    import subprocess
    import sys

    code = (
        "import sys, debrissim, debrissim.cli.main, debrissim.sources.names; "
        "debrissim.sources.names.parse_source('celestrak:active'); "
        "print([name for name in ('httpx', 'platformdirs', 'filelock', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
