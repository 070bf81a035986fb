"""Extreme numbers in scenarios of every kind: each is run in less than 1 GB, or refused in one sentence."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from support.studies import SMALL, numeric_places, with_value

from debrissim.core.errors import InputError, PrimaryNotFlownError
from debrissim.core.memory import VARIABLE, memory_gb, require_memory
from debrissim.studies.kinds import get_kind
from debrissim.studies.protocol import parse_scenario, run

MAX_MB = 1000
# A valid scenario may take longer: then only its memory up to that moment is known.
SECONDS, SLOW_SECONDS = 2, 60
# Of the attempts, without the slow ones: every eleventh.
EVERY = 11
VALUES = (1e9, 1e18, 1e-9, float("nan"), -1, 10**9, 10**18)


@pytest.fixture(autouse=True)
def one_gigabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")


def attempts(kind: str) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every number of a kind with every extreme value: the same for all, and its own limits."""
    model = get_kind(SMALL[kind].get("kind", "conjunctions")).scenario
    for place, schema in dict(numeric_places(model, SMALL[kind])).items():
        own = [
            schema[k] for k in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if k in schema
        ]
        for value in (*VALUES, *(v if schema["type"] == "integer" else float(v) for v in own)):
            yield place, value


def outcome(scenario: Any, seconds: int) -> tuple[str, int]:
    """Run a checked scenario in a process of its own, with the memory that it may take limited: what came, and MB."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
        resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
        try:
            run(scenario)
            said = "done"
        except (InputError, PrimaryNotFlownError) as error:
            said = f"refused: {error}"
        except BaseException as error:  # noqa: BLE001 (whatever it is, it is the outcome)
            said = f"fault: {error!r}"
        os.write(writer, said.encode("utf-8", "replace")[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode() or "still running"
    _, _, usage = os.wait4(process, 0)
    return said, usage.ru_maxrss // 1024


def checked(content: Any) -> Any:
    """The scenario, or None if it is refused in a printable sentence."""
    try:
        return parse_scenario(content)
    except InputError as error:
        refusal = str(error)
    assert refusal.isprintable()
    return None


def check(kind: str, seconds: int, every: int = 1) -> None:
    # Kernels and data are loaded before the processes branch off.
    run(parse_scenario(SMALL[kind]))
    for place, value in itertools.islice(attempts(kind), 0, None, every):
        scenario = checked(with_value(SMALL[kind], place, value))
        if scenario is None:
            continue
        said, megabytes = outcome(scenario, seconds)
        assert said.split(":")[0] in ("done", "refused", "still running"), (place, value, said)
        assert said.isprintable(), (place, value, said)
        assert megabytes < MAX_MB, (place, value, said, megabytes)


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux states it")


@on_linux
@pytest.mark.parametrize("kind", [kind for kind in SMALL if kind != "conjunctions"])
def test_extreme_numbers_of_studies_take_little_memory_or_are_refused(kind: str):
    check(kind, SECONDS, EVERY)


@pytest.mark.slow
@on_linux
@pytest.mark.parametrize("kind", SMALL)
def test_extreme_numbers_of_every_kind_take_little_memory_for_a_minute(kind: str):
    check(kind, SLOW_SECONDS)


@pytest.mark.parametrize(
    ("kind", "place", "value", "words"),
    [
        (
            "conjunctions",
            ("catalog", "sources", 0, "count"),
            5_000_000,
            r"^catalog.sources.count: 5,000,000 objects",
        ),
        (
            "conjunctions",
            ("breakups", 1, "min_length_m"),
            0.001,
            r"^breakups.min_length_m: 2,4\d\d,\d{3} fragments need",
        ),
        (
            "risk-map",
            ("catalog", "count"),
            10**9,
            r"^catalog.count: 1e\+09 objects need 1,500.2 GB of memory; expected",
        ),
        (
            "risk-map",
            ("altitude_step_km",),
            1e-9,
            r"^altitude_step_km, inclination_step_deg: expected at most 20000",
        ),
        ("station-years", ("catalogs", 0, "count"), 10**9, r"count: 1e\+09 objects need"),
        (
            "station-years",
            ("counting", "radius_km"),
            1e9,
            r"counting.radius_km: expected less than or equal to 1000",
        ),
        ("station-years", ("counting", "days"), 1e9, r"counting.days: expected less than or equal to 366"),
        (
            "penetration",
            ("monte_carlo_samples",),
            10_000_000,
            r"^monte_carlo_samples: 10,000,000 samples need",
        ),
    ],
)
def test_the_key_and_the_limit_are_named(kind: str, place: tuple[str | int, ...], value: Any, words: str):
    with pytest.raises(InputError, match=words):
        run(parse_scenario(with_value(SMALL[kind], place, value)))


def test_volumes_that_hold_everything_are_refused_before_the_screening():
    content = with_value(SMALL["conjunctions"], ("screening", "volumes", 0, "sphere_km"), 2e4)
    content = with_value(content, ("catalog", "sources", 0, "count"), 30_000)
    content = with_value(content, ("span", "duration_days"), 7.0)
    with pytest.raises(InputError, match=r"^screening.volumes, span.duration_days: 6,3\d\d,\d{3} encounters"):
        run(parse_scenario(content))


def test_the_environment_sets_another_limit(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(
        InputError, match=r"^x: 1,000,000 things need 4\.2 GB of memory; expected at most 187,500, wh"
    ):
        require_memory("x", 1_000_000, 4000, "things")
    monkeypatch.setenv(VARIABLE, "8")
    require_memory("x", 1_000_000, 4000, "things")
    monkeypatch.delenv(VARIABLE)
    assert memory_gb() >= 1.0
    monkeypatch.setenv(VARIABLE, "much")
    with pytest.raises(InputError, match=r"^DEBRISSIM_MEMORY_GB: expected gigabytes, from 0.3, got 'much'$"):
        require_memory("x", 1, 1, "things")
