from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from debrissim.maneuvers.verdicts import FoundEncounters, Verdict, rises_above, verdicts
from debrissim.screening.encounters import EncounterStatus

GOAL = 1e-6
START = 2460310.5, 0.5
NAN = float("nan")


def encounters(*rows: dict[str, float]) -> FoundEncounters:
    def column(name: str, default: float) -> np.ndarray:
        return np.array([row.get(name, default) for row in rows], dtype=np.float64)

    highest = np.fmax(column("p", 0.0), column("highest", 0.0))
    highest[np.isnan(column("p", 0.0))] = NAN
    before = column("before", NAN)
    m = len(rows)
    return FoundEncounters(
        burn=column("burn", 1).astype(np.int64),
        object_row=np.arange(m),
        norad_id=np.arange(1, m + 1),
        name=np.array([f"OBJECT {k}" for k in range(m)], dtype=np.str_),
        tca_s=column("tca_s", 60.0),
        miss_distance_km=np.ones(m),
        miss_rtn_km=np.ones((m, 3)),
        relative_speed_km_s=np.full(m, 10.0),
        probability=column("p", 0.0),
        highest_probability=highest,
        method=np.full(m, "foster"),
        probability_without_burn=before,
        above_goal=rises_above(highest, before, GOAL),
        of_event=column("event", 0.0) > 0.0,
        status=np.full(m, EncounterStatus.MINIMUM, dtype=np.int8),
    )


def verdict_of(*rows: dict[str, float], not_examined: str = "") -> tuple[Verdict, str]:
    found, reasons = verdicts(encounters(*rows), (not_examined,), GOAL, START, 86400.0)
    return Verdict(int(found[0])), reasons[0]


@pytest.mark.parametrize(
    ("p", "before", "rises"),
    [
        (1e-7, NAN, False),
        (GOAL, NAN, False),
        (1.1e-6, NAN, True),
        (1e-4, 1e-4, False),
        (1.009e-4, 1e-4, False),
        (1.02e-4, 1e-4, True),
        (1e-4, 1e-3, False),
        (1e-4, 0.0, True),
        (NAN, NAN, False),
    ],
)
def test_a_probability_rises_above_the_goal_if_it_is_new_or_larger(
    p: float, before: float, rises: bool
) -> None:
    assert rises_above(np.array([p]), np.array([before]), GOAL).tolist() == [rises]


def test_nothing_above_the_goal_is_green() -> None:
    verdict, reason = verdict_of({"p": 1e-7}, {"p": 2e-5, "before": 2e-5})
    assert verdict == Verdict.GREEN
    assert reason == (
        "no encounter until 2024-01-02T12:00:00Z is above the goal and new or more probable than without a burn"
    )


def test_one_without_encounters_is_green() -> None:
    assert verdict_of({"burn": 0, "p": 1.0})[0] == Verdict.GREEN


def test_the_most_probable_of_several_is_named() -> None:
    verdict, reason = verdict_of({"p": 2e-6}, {"p": 1e-4, "before": 1e-9}, {"p": 3e-6})
    assert verdict == Verdict.WORSE
    assert reason.startswith("the encounter with 2 OBJECT 1 at 2024-01-01T12:01:00Z: 1 in 10,000, ")
    assert reason.endswith("1 in 1 billion without a burn; and 2 more")


def test_a_dilution_by_the_execution_error_is_worse() -> None:
    assert verdict_of({"p": 1e-9, "highest": 1e-4})[0] == Verdict.WORSE


def test_the_event_itself_must_meet_the_goal() -> None:
    verdict, reason = verdict_of({"p": 1e-5, "before": 1e-3, "event": 1.0})
    assert verdict == Verdict.EVENT_REMAINS
    assert reason.endswith("remains above the goal: 1 in 100,000")
    # More probable than without a burn, it is the event that remains all the same.
    assert verdict_of({"p": 1e-2, "before": 1e-3, "event": 1.0})[0] == Verdict.EVENT_REMAINS
    assert verdict_of({"p": 1e-8, "before": 1e-3, "event": 1.0})[0] == Verdict.GREEN


def test_not_examined_is_never_green() -> None:
    assert verdict_of({"p": 1e-9}, not_examined="followed until noon only") == (
        Verdict.NOT_EXAMINED,
        "followed until noon only",
    )
    verdict, reason = verdict_of({"p": NAN})
    assert verdict == Verdict.NOT_EXAMINED
    assert reason.startswith("the probability cannot be computed of the encounter with 1 OBJECT 0")
    assert verdict_of({"p": 1e-3}, not_examined="followed until noon only")[0] == Verdict.WORSE


def test_each_burn_has_its_own_encounters() -> None:
    table = encounters({"burn": 3, "p": 1e-3}, {"burn": 0, "p": 1e-3}, {"burn": 1, "p": 1e-3})
    found, reasons = verdicts(replace(table), ("",) * 4, GOAL, START, 86400.0)
    assert found.tolist() == [Verdict.WORSE, Verdict.GREEN, Verdict.WORSE, Verdict.GREEN]
    assert len(reasons) == 4


def test_labels_are_words() -> None:
    assert [verdict.label for verdict in Verdict] == ["green", "worse", "event remains", "not examined"]


def test_a_probability_that_only_the_execution_error_makes_computable_is_not_green():
    found = replace(
        encounters({"p": 1e-3}), highest_probability=np.array([NAN]), above_goal=np.array([False])
    )
    verdict, reasons = verdicts(found, ("",), GOAL, START, 86400.0)
    assert verdict[0] == Verdict.NOT_EXAMINED
    assert "cannot be computed" in reasons[0]
