"""`debrissim pc` of folders, tables and many files: events over time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cdm_series import series
from support.shared import shared_path

from debrissim.cdm import assess_cdm_events, assess_cdms, cdm_kvn, read_cdm, read_cdm_events
from debrissim.cdm.answer import headline, to_collide
from debrissim.cdm.history import revision_text
from debrissim.cdm.series_answer import event_summary, events_headline
from debrissim.cli.main import main
from debrissim.cli.pc_events import parse_time_s
from debrissim.core.errors import InputError
from debrissim.core.numbers import one_in, probability

HEADER = "CDM_ID,CREATED,EMERGENCY_REPORTABLE,TCA,MIN_RNG,PC,SAT_1_ID,SAT_1_NAME,SAT_2_ID,SAT_2_NAME"
ROWS = (
    '1,"2020-12-04 04:01:14",Y,"2020-12-07T01:55:00.5",316,0.0006,100,ALPHA,200,[bold]BETA',
    '2,"2020-12-06 04:01:14",Y,"2020-12-07T01:55:00.7",310,0.0009,200,[bold]BETA,100,ALPHA',
    '3,"2020-12-06 05:01:14",Y,"2020-12-07T05:55:00.7",31,,300,GAMMA,100,ALPHA',
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two events of four messages each; the second one has a manoeuvre after its second message."""
    monkeypatch.setenv("COLUMNS", "120")
    place = tmp_path / "messages"
    place.mkdir()
    rng = np.random.default_rng(2)
    for name, jump in (("48274", 0.0), ("48275", 6.0)):
        for k, message in enumerate(series(rng, jump_km=jump, jump_at=2, designators=("25544", name))):
            (place / f"{name}-{k}.cdm").write_text(cdm_kvn(message), encoding="utf-8")
    return place


def run(*arguments: object) -> int:
    return main(["pc", *map(str, arguments)])


def test_a_folder_is_a_table_of_events(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    top, low = assess_cdm_events(read_cdm_events(folder).events)
    lines = printed.out.splitlines()
    assert lines[0].startswith(
        f"{one_in(top.latest.value)} to collide (Pc {probability(top.latest.value)}), the highest probability of "
    )
    assert (
        "8 reports from 8 files; events reported at two or more times: 2, at three or more: 2" in printed.out
    )
    (first,) = (line for line in lines if line.startswith("1  "))
    (second,) = (line for line in lines if line.startswith("2  "))
    for line, found in ((first, top), (second, low)):
        assert probability(found.latest.value) in line
        assert probability(found.at_decision.value) in line
        assert all(label in line for label in found.event.labels)
    assert top.latest.value > low.latest.value


def test_the_latest_value_is_that_of_the_message_alone(folder: Path) -> None:
    for found in assess_cdm_events(read_cdm_events(folder).events):
        for entry in found.history:
            (report,) = assess_cdms(read_cdm(entry.report.source), methods=["foster"])
            assert entry.probability.value == report.recommended.value
            assert entry.probability.method == report.chosen


def test_the_history_of_an_event(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = assess_cdm_events(read_cdm_events(folder).events)
    (number, moved) = next((k, one) for k, one in enumerate(found, start=1) if one.event.keys[1] == "48275")
    assert run(folder, "--event", number) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{to_collide(moved.latest.value)} (Pc {probability(moved.latest.value)}), by ")
    assert "at the decision time, 24 h before TCA: the report made 30 h before TCA, Pc " in " ".join(
        out.split()
    )
    assert "3 revisions tested: 1 inconsistent (of consistent ones, 1 in 100 is called so)" in " ".join(
        out.split()
    )
    for entry in moved.history[1:]:
        assert revision_text(entry.revision) in out
    assert [entry.revision.verdict for entry in moved.history[1:]] == [
        "consistent",
        "inconsistent",
        "consistent",
    ]
    assert out.count("\n2024-") == 4
    assert out.count("  TESTER\n") == 4


@pytest.mark.parametrize(
    ("decision", "made"),
    [
        ("24h", "30 h"),
        ("48 h", "2.0 days"),
        ("1.5d", "2.0 days"),
        ("600min", "20 h"),
        ("4d", "no report yet"),
    ],
)
def test_the_state_at_another_decision_time(
    folder: Path, capsys: pytest.CaptureFixture[str], decision: str, made: str
) -> None:
    assert run(folder, "--event", 1, "--decision", decision) == 0
    line = " ".join(capsys.readouterr().out.split()).partition("at the decision time, ")[2]
    assert made in line[:70]


def test_events_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["event"] for one in found["events"]] == [1, 2]
    assert " to collide (Pc " in found["answer"]
    assert run(folder, "--json", "--event", 1) == 0
    one = json.loads(capsys.readouterr().out)
    assert one["latest"] == found["events"][0]["latest"]
    assert len(one["history"]) == 4
    assert one["history"][0]["revision"] is None
    assert one["history"][1]["revision"]["basis"] == "successive"
    assert len(one["history"][1]["revision"]["shift_rtn_km"]) == 3


def test_an_unknown_probability_is_named_and_never_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    path = tmp_path / "s.csv"
    path.write_text("\n".join((HEADER, *ROWS)) + "\n", encoding="utf-8")
    assert run(path) == 1
    out = capsys.readouterr().out
    assert " ".join(out.split()).startswith(
        "1 in 1,100 to collide (Pc 9e-4), the highest probability of 2 events, all past: ALPHA (100) x [bold]BETA (200)"
    )
    known, _, unknown = out.partition("without a probability, by miss distance:")
    assert "GAMMA" not in known
    assert re.search(r"GAMMA \(300\) +ALPHA \(100\)", unknown)
    assert run(path, "--event", 2) == 1
    out = capsys.readouterr().out
    assert out.startswith(
        "Collision probability not known: the summary states no probability, and has no states to compute one"
    )
    assert run(path, "--event", 1) == 0
    out = capsys.readouterr().out
    assert "not tested: summaries have no states" in out
    assert "as stated by Space-Track summary: RED" in out


def test_files_that_cannot_be_read_are_counted_and_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for k in range(12):
        (folder / f"note-{k:02}.txt").write_text("no message\x1b[31m", encoding="utf-8")
    assert run(folder) == 2
    out = capsys.readouterr().out
    assert " ".join(out.split()).count("not read: ") == 11
    assert "not read: 2 further files" in out
    assert "\x1b" not in out
    assert run(folder, "--json") == 2
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)["faults"]) == 12
    assert len(printed.err.splitlines()) == 12


def test_a_message_without_radius_has_its_stated_probability(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in sorted(folder.glob("*.cdm")):
        (message,) = read_cdm(path)
        message = replace(message, hard_body_radius_m=None, comments=(), collision_probability=2.5e-5)
        path.write_text(cdm_kvn(message), encoding="utf-8")
    assert run(folder, "--event", 1) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("1 in 40,000 to collide (Pc 2.5e-5), as stated by TESTER: YELLOW")
    assert "the stated probability is shown: it states no hard-body radius; give one with --hbr" in out
    assert run(folder, "--hbr", 20) == 0
    assert "stated" not in capsys.readouterr().out.partition("#")[2]


def test_few_messages_stay_in_full_and_many_are_events(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = sorted(folder.glob("48274*"))
    assert run(paths[0]) == 0
    (report,) = assess_cdms(read_cdm(paths[0]), methods=["foster"])
    assert capsys.readouterr().out.startswith(headline(report))
    assert run(*paths[:3]) == 0
    assert "3 messages: " in capsys.readouterr().out
    assert run(*paths) == 0
    assert "the highest probability of 1 event, all past" in capsys.readouterr().out
    together = folder / "together.txt"
    together.write_text("".join(path.read_text(encoding="utf-8") for path in paths), encoding="utf-8")
    assert run(together) == 0
    assert "the highest probability of 1 event, all past" in capsys.readouterr().out
    assert run(*paths, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 4
    assert run(*paths, "--all") == 0
    assert "4 messages: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--event", "3"), "--event: expected 1 to 2, got 3"),
        (("--decision", "soon"), "--decision: expected a time such as 24h, 90min or 2d, got 'soon'"),
        (("--hbr", "0"), "hard_body_radius_m: expected a finite number > 0, got 0.0"),
    ],
)
def test_wrong_options_are_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert run(folder, *arguments) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"debrissim: {sentence}\n")


@pytest.mark.parametrize("option", [("--all",), ("--mc", "10"), ("-m", "foster")])
def test_options_of_single_messages_are_refused_for_events(
    folder: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, ...]
) -> None:
    sentence = (
        "debrissim: --method, --mc and --all show single messages: expected only files of messages, got "
    )
    assert run(folder, *option) == 2
    assert capsys.readouterr().err == f"{sentence}{folder}\n"
    assert run(folder / "48274-0.cdm", "--event", "1", *option) == 2
    assert capsys.readouterr().err == f"{sentence}--event, --decision or --store\n"


def test_the_answer_is_about_the_events_ahead(folder: Path) -> None:
    """The second of the list is to come: its probability is the answer, whatever the past one had."""

    events = assess_cdm_events(read_cdm_events(folder).events)
    moments = sorted(one.event.latest.tca for one in events)
    between = (moments[0] + 0.5 * (moments[1] - moments[0])).datetime
    (ahead,) = (one for one in events if one.event.latest.tca == moments[1])
    line = events_headline(events, now=between)
    assert (
        f" to collide (Pc {probability(ahead.latest.value)}), the highest probability of 1 event ahead: "
        in line
    )
    assert "UTC, in " in line
    assert "UTC, in " in event_summary(ahead, now=between)[0]
    assert "the highest probability of 2 events ahead: " in events_headline(
        events, now=(moments[0] + -60.0).datetime
    )
    assert events_headline([]) == "No events: there is no report that could be read"


def test_an_empty_folder_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    assert capsys.readouterr().out == "No events: there is no report that could be read\n"
    assert run(tmp_path, "--event", "1") == 2
    assert "--event: no event was found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"), [("24h", 86400.0), ("1.5d", 129600.0), ("90 min", 5400.0), ("30s", 30.0)]
)
def test_times(text: str, seconds: float) -> None:
    assert parse_time_s(text, "x") == seconds


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1e9h", "1h2", "9999999d", "nan h"])
def test_other_text_is_no_time(text: str) -> None:
    with pytest.raises(InputError, match=r"^x: expected a time"):
        parse_time_s(text, "x")


def test_messages_are_counted_in_every_notation() -> None:
    from support.cdm_samples import kvn, spacetrack, xml

    from debrissim.cdm.read import count_reports

    assert count_reports((kvn() + "\n" + kvn()).encode(), "x") == (2, False)
    assert count_reports(json.dumps([spacetrack(), spacetrack(), spacetrack()]).encode(), "x") == (3, False)
    assert count_reports(xml().encode(), "x") == (1, False)
    assert count_reports("\n".join((HEADER, *ROWS)).encode(), "x") == (0, True)
    assert count_reports(json.dumps([dict.fromkeys(HEADER.split(","), "1")]).encode(), "x") == (0, True)
    assert count_reports(b"nothing", "x") == count_reports(b"[", "x") == (0, False)


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_lines_are_no_wider_than_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for arguments in ((), ("--event", "1")):
        assert run(folder, *arguments) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= width


def test_real_summaries_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shared_path("data/cdm/spacetrack_public_cdm_summaries.csv.xz")) == 1
    out = capsys.readouterr().out
    assert "353 events: 222 red, 0 yellow, 0 below, 131 without a probability" in out
    assert "events reported at two or more times: 278, at three or more: 182" in " ".join(out.split())
