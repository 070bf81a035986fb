"""The line for readers: its numbers are those that were measured, and it exists for the default model."""

from __future__ import annotations

import csv

import pytest
from support.paths import ROOT

from debrissim.uncertainty.alarm_rates import ALARM_RATES, alarm_sentence
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, MODELS

MEASURED = ROOT / "benchmarks/probability_conservation/alarms.csv"


@pytest.mark.skipif(not MEASURED.is_file(), reason="no benchmarks folder next to the tests")
@pytest.mark.parametrize("model", ALARM_RATES)
def test_rates_are_those_of_the_benchmark(model):
    with MEASURED.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["model"] == model and r["age_to_days"] == "inf"]
    for column, stated in (("red_per_year", "red_per_year"), ("yellow_per_year", "yellow_per_year")):
        measured = sorted(float(row[column]) for row in rows)
        assert measured == pytest.approx(list(getattr(ALARM_RATES[model], stated)), abs=0.51)


def test_the_sentence_has_both_rates():
    sentence = alarm_sentence(DEFAULT_MODEL)
    assert sentence is not None
    low, high = ALARM_RATES[DEFAULT_MODEL].red_per_year
    assert f"{low:.0f} to {high:.0f} times a year" in sentence
    assert "33 times in 24 years" in sentence
    assert "better data" in sentence


def test_a_model_without_a_measured_rate_has_none():
    assert alarm_sentence("fixed") is None
    assert set(ALARM_RATES) <= set(MODELS)
