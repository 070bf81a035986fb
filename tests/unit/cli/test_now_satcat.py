"""`debrissim now` with the satellite catalogue, and without it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from support.now_sky import SATCAT, made_older
from support.source_servers import Service, answer
from werkzeug import Response

from debrissim.cli.main import main


@pytest.mark.parametrize(
    "bad",
    [
        answer("slow", 429),
        answer("<html>", 404),
        answer(SATCAT[:-3]),
        answer(SATCAT.replace(",DEB,", ",DEBRIS?,")),
    ],
)
def test_without_the_satellite_catalogue_the_answer_still_comes(
    bad: Response, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.paths["/pub/satcat.csv"] = bad
    assert main(["now", "--days", "0.1"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("ISS: ")
    assert "radii: 56 defaults of their kinds" in captured.out.splitlines()
    (line,) = [line for line in captured.err.splitlines() if line.startswith("debrissim: ")]
    assert line.startswith("debrissim: celestrak:satcat: ")
    assert line.endswith("; kinds are inferred from names, and radii from kinds")


@pytest.mark.parametrize(("days", "requests"), [(6.9, 1), (7.1, 2)])
def test_the_satellite_catalogue_is_asked_for_once_a_week(
    days: float, requests: int, service: Service, planned: list[Any]
) -> None:
    assert main(["now", "--quiet"]) == 0
    made_older("satcat", timedelta(days=days))
    assert main(["now", "--quiet"]) == 0
    assert sum(request.path == "/pub/satcat.csv" for request in service.requests) == requests
    assert [scenario.catalog.satcat for scenario in planned] == ["celestrak:satcat"] * 2


def test_a_run_takes_an_old_satellite_catalogue_where_it_may(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["now", "--days", "0.1"]) == 0
    made_older("satcat", timedelta(days=30))
    capsys.readouterr()
    assert main(["now", "HST", "--offline", "--days", "0.1", "--json"]) == 0
    assert 719.0 < json.loads(capsys.readouterr().out)["satcat"]["age_hours"] < 721.0
    assert sum(request.path == "/pub/satcat.csv" for request in service.requests) == 1
