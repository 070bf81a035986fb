"""Messages and public summaries in the store of events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cdm_series import series
from support.shared import shared_path

from debrissim.cdm import assess_cdm_events, assess_cdms, cdm_kvn, read_cdm_events
from debrissim.cdm.reports import reports_of
from debrissim.cdm.series import group_reports
from debrissim.cdm.states import combined_covariance_rtn
from debrissim.cli.main import main
from debrissim.propagation.celestial import teme_to_eme2000
from debrissim.watch import Store, message_batch


def batch_of(messages):
    return message_batch(assess_cdm_events(group_reports(reports_of(messages))))


def test_an_update_holds_what_the_message_says() -> None:
    messages = series(np.random.default_rng(1))
    swapped = replace(messages[1], primary=messages[1].secondary, secondary=messages[1].primary)
    batch = batch_of([messages[0], swapped, *messages[2:]])
    assert [update.primary.key for update in batch.updates] == ["25544", "48274", "25544", "25544"]
    for message, update in zip([messages[0], swapped, *messages[2:]], batch.updates, strict=True):
        (report,) = assess_cdms([message], methods=["foster"])
        assert (update.source, update.probability) == ("TESTER", report.recommended.value)
        assert update.probability_method == report.chosen
        assert update.maximum_probability == report.maximum
        assert update.hard_body_radius_m == 20.0
        assert update.miss_distance_km == pytest.approx(report.miss_distance_km, rel=1e-12)
        np.testing.assert_allclose(
            [*update.relative_position_rtn_km, *update.relative_velocity_rtn_km_s], message.relative_state_rtn
        )
        np.testing.assert_allclose(
            update.covariance_rtn_km2, combined_covariance_rtn([message])[0][np.tril_indices(3)]
        )
        turn = teme_to_eme2000(np.array([message.tca_jd]), np.array([message.tca_fraction]))[0]
        np.testing.assert_allclose(turn @ update.primary_state[:3], message.primary.state[:3], rtol=1e-12)
        assert str(update.tca) == message.tca_utc
    assert batch_of(messages).updates[0].key == batch.updates[0].key
    assert len({update.key for update in batch.updates}) == 4


def test_what_is_not_known_is_none() -> None:
    (message, *_) = series(np.random.default_rng(1), collision_probability=1e-5, hard_body_radius_m=None)
    bare = replace(
        message,
        primary=replace(message.primary, reference_frame="ITRF", designator="UNKNOWN"),
        secondary=replace(message.secondary, covariance_rtn=np.zeros((6, 6)), reference_frame="ITRF"),
        originator="debrissim",
    )
    (update,) = batch_of([bare]).updates
    assert update.source == "debrissim (message)"
    assert update.primary.key.startswith("unknown object of TESTER-")
    assert (update.probability, update.probability_method) == (1e-5, "originator")
    assert update.covariance_rtn_km2 is update.primary_state is update.maximum_probability is None
    assert update.dilution is update.hard_body_radius_m is update.primary_age_days is None


def test_folders_that_overlap_are_recorded_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    messages = series(np.random.default_rng(1))
    store = tmp_path / "events.sqlite"
    for name, part in (("a", messages[:2]), ("b", messages[1:])):
        (tmp_path / name).mkdir()
        for k, message in enumerate(part):
            (tmp_path / name / f"{k}.cdm").write_text(cdm_kvn(message), encoding="utf-8")
    outcomes = []
    for name in ("b", "a", "a"):
        assert main(["pc", str(tmp_path / name), "--store", str(store)]) == 0
        outcomes.append(capsys.readouterr().out.splitlines()[-1].partition(": ")[2])
    assert outcomes == [
        "3 reports recorded, 1 new event; 0 recorded before",
        "1 report recorded, 0 new events; 1 recorded before",
        "0 reports recorded, 0 new events; 2 recorded before",
    ]
    with Store.open(store, write=False) as found:
        (event,) = found.events()
        assert [update.origin for update in found.history(event)] == ["0.cdm", "0.cdm", "1.cdm", "2.cdm"]
        assert event.latest.miss_distance_km == pytest.approx(
            float(np.linalg.norm(messages[-1].relative_state_rtn[:3])), rel=1e-9
        )


def test_one_message_can_be_recorded_and_json_stays_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    path = tmp_path / "x.cdm"
    path.write_text(cdm_kvn(series(np.random.default_rng(1))[0]), encoding="utf-8")
    assert main(["pc", str(path), "--store", str(tmp_path / "s.sqlite"), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["reports"] == 1
    assert printed.err.endswith("1 report recorded, 1 new event; 0 recorded before\n")
    (tmp_path / "no.sqlite").write_text("no store", encoding="utf-8")
    assert main(["pc", str(path), "--store", str(tmp_path / "no.sqlite")]) == 2


def test_the_store_finds_the_same_events(tmp_path: Path) -> None:
    found = read_cdm_events(shared_path("data/cdm/spacetrack_public_cdm_summaries.csv.xz"))
    with Store.open(tmp_path / "s.sqlite") as store:
        added = store.add(message_batch(assess_cdm_events(found.events)))
        assert sum(change.is_new for change in added.changes) == len(store.events()) == 353
        assert sum(event.latest.probability is None for event in store.events()) == 131
