"""`debrissim.fetch` with `lasts_hours`: a young copy is used without asking the service."""

from __future__ import annotations

import pytest
from support.source_servers import Clock, Service

from debrissim.core.errors import InputError


@pytest.mark.parametrize(
    ("age", "lasts", "greatest", "requests"),
    [(9, 0.0, 100.0, 2), (9, 10.0, 100.0, 1), (10, 10.0, 100.0, 2), (9, 10.0, 8.0, 2)],
)
def test_a_copy_that_lasts_is_used_without_asking(
    get, service: Service, clock: Clock, age: int, lasts: float, greatest: float, requests: int
):
    get("celestrak:active")
    clock.advance(age)
    get("celestrak:active", lasts_hours=lasts, max_age_hours=greatest)
    assert len(service.requests) == requests


@pytest.mark.parametrize("hours", [-1.0, float("nan"), float("inf")])
def test_a_copy_lasts_for_a_number_of_hours_of_at_least_0(get, hours: float, service: Service):
    with pytest.raises(InputError, match=r"^lasts_hours: expected a number of hours of at least 0, got"):
        get("celestrak:active", lasts_hours=hours)
    assert service.requests == []
