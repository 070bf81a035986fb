"""`debrissim watch` on the command line: exit codes, the loop, and its end."""

from __future__ import annotations

import sqlite3
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, crossing_pair, leo, make_catalog

from debrissim.catalog import write_omm_csv
from debrissim.cli.main import main
from debrissim.core.errors import RunError
from debrissim.core.time import split_julian_date

TOML = """\
title = "A pair that meets"

[catalog]
sources = [{ file = "catalogue.csv" }]

[[primaries]]
norad_id = 700001

[screening]
volumes = ["socrates-5km"]

[watch]
store = "events.sqlite"
horizon_days = 0.2
"""


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fleet file whose spacecraft meets another object in an hour from now."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEBRISSIM_NOTIFY", raising=False)
    catalog = make_catalog(*crossing_pair(0.01, 3600.0), leo(raan_deg=120.0))
    jd, fraction = split_julian_date(datetime.now(UTC))
    moved = (jd - START_JD) + (fraction - START_FRACTION)
    epoch = catalog.epoch_fraction + moved
    catalog = catalog.with_columns(
        epoch_jd=catalog.epoch_jd + np.floor(epoch), epoch_fraction=epoch - np.floor(epoch)
    )
    write_omm_csv(catalog, tmp_path / "catalogue.csv")
    (tmp_path / "fleet.toml").write_text(TOML, encoding="utf-8")
    return "fleet.toml"


@pytest.mark.parametrize(
    ("thresholds", "fail_on", "code"),
    [
        ("yellow = 1e-9\nred = 1e-8", "red", 12),
        ("yellow = 1e-9\nred = 1e-8", "yellow", 12),
        ("yellow = 1e-9\nred = 0.9", "red", 0),
        ("yellow = 1e-9\nred = 0.9", "yellow", 11),
        ("yellow = 0.8\nred = 0.9", "yellow", 0),
        ("yellow = 0.8\nred = 0.9", "any", 10),
    ],
)
def test_the_exit_code_is_the_severity(fleet: str, thresholds: str, fail_on: str, code: int):
    Path(fleet).write_text(TOML + thresholds + "\n", encoding="utf-8")
    assert main(["watch", fleet, "--fail-on", fail_on, "--quiet", "--offline"]) == code


def test_the_second_cycle_has_nothing_to_report(fleet: str, capsys: pytest.CaptureFixture[str]):
    assert main(["watch", fleet, "--once", "--fail-on", "any"]) in (10, 11, 12)
    first = capsys.readouterr().out
    assert "TEST 700001, 700001 and TEST 700002, 700002: new, collision probability" in " ".join(
        first.split()
    )
    assert max(map(len, first.splitlines())) <= 80
    code = main(["watch", fleet, "--fail-on", "red"])
    second = capsys.readouterr().out
    assert "Nothing changed since the last cycle." in second
    assert code in (0, 12)
    assert main(["watch", fleet, "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--once", "--every", "8h"], "expected --once or --every, not both"),
        (["--every", "8"], "--every: expected an interval of 1m to 30d, such as 8h, got '8'"),
        (["--fail-on", "green"], "--fail-on: expected red, yellow or any, got 'green'"),
        (["--every", "8h", "--fail-on", "red"], "--fail-on: can be used only with a single cycle"),
    ],
)
def test_options_that_do_not_go_together(
    fleet: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["watch", fleet, *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_a_scenario_that_cannot_be_watched(fleet: str, capsys: pytest.CaptureFixture[str]):
    Path(fleet).write_text('kind = "flux"\n', encoding="utf-8")
    assert main(["watch", fleet]) == 2
    assert "fleet.toml: kind: a watch expected a scenario of conjunctions" in capsys.readouterr().err
    Path(fleet).write_text(TOML + "store_path = 1\n", encoding="utf-8")
    assert main(["watch", fleet]) == 2
    assert "unknown key 'watch.store_path'; did you mean 'store'?" in capsys.readouterr().err


def test_messages_that_are_not_taken_are_an_exit_code(fleet: str, capsys: pytest.CaptureFixture[str]):
    Path(fleet).write_text(TOML + '[notify]\ncommand = ["./none"]\nlevel = "any"\n', encoding="utf-8")
    assert main(["watch", fleet, "--quiet"]) == 3
    assert "notify.command (./none): cannot be run" in capsys.readouterr().err


def test_a_failing_cycle_is_reported_and_the_next_one_comes(
    fleet: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    import debrissim.watch.cycle as cycle
    import debrissim.watch.loop as loop

    outcomes = [
        RunError("celestrak:active: no answer"),
        ZeroDivisionError("a fault"),
        None,
        KeyboardInterrupt(),
    ]
    real = cycle.run_cycle

    def run_cycle(*arguments: object, **options: object) -> object:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return real(*arguments, **options)

    monkeypatch.setattr(cycle, "run_cycle", run_cycle)
    monkeypatch.setattr(
        loop, "repeat", lambda one, every_s: [one() for _ in range(5)] if every_s == 28800.0 else None
    )
    assert main(["watch", fleet, "--every", "8h"]) == 0
    shown = capsys.readouterr()
    assert "a cycle every 8h; messages go to nowhere: see docs/watch.md" in shown.out
    assert "debrissim: celestrak:active: no answer" in shown.err
    assert "debrissim: unexpected: ZeroDivisionError: a fault" in shown.err
    assert "the watch has ended; the store has all cycles that were completed" in shown.err
    with sqlite3.connect("events.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    connection.close()


def test_a_page_of_the_fleet_is_written(fleet: str, capsys: pytest.CaptureFixture[str]):
    assert main(["watch", fleet, "--site", "site"]) == 0
    assert str(Path("site") / "index.html") + " written" in capsys.readouterr().out
    assert sorted(path.name for path in Path("site").iterdir()) == ["events.json", "index.html"]


@pytest.mark.parametrize(("fail_on", "code"), [((), 3), (("--fail-on", "any"), 10)])
def test_a_page_that_cannot_be_written_is_a_problem_of_a_cycle_that_succeeded(
    fleet: str, fail_on: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
):
    Path(fleet).write_text(TOML + "yellow = 0.8\nred = 0.9\n", encoding="utf-8")
    Path("site").mkdir()
    Path("site/index.html").write_text("<h1>My page</h1>", encoding="utf-8")
    assert main(["watch", fleet, "--site", "site", *fail_on]) == code
    shown = capsys.readouterr()
    assert "new, collision probability" in " ".join(shown.out.split())
    assert "debrissim: the page was not written: " in shown.err
    assert "index.html: was not written by this program" in shown.err


def test_an_interrupted_cycle_records_nothing(
    fleet: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    import debrissim.watch.cycle as cycle

    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cycle, "run_batch", interrupt)
    assert main(["watch", fleet]) == 1
    assert "interrupted; nothing was written; the store has all cycles" in capsys.readouterr().err
    with sqlite3.connect("events.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    connection.close()


def test_the_page_of_the_watch_names_every_key_and_its_fleet_file_is_right():
    from support.paths import ROOT

    from debrissim.scenario.file import checked
    from debrissim.watch.fleet import Fleet, NotifyTable, WatchTable

    page = (ROOT / "docs" / "watch.md").read_text(encoding="utf-8")
    for key in (*WatchTable.model_fields, *NotifyTable.model_fields):
        assert f"`{key}`" in page, key
    text = page.split("```toml\n")[1].split("```")[0]
    assert len(checked(Fleet, tomllib.loads(text), "watch.md").primaries) == 2
