"""Messages of files and folders as events."""

from __future__ import annotations

import gzip
import lzma
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cdm_series import TRUTH, conjunction, series
from support.shared import shared_path

from debrissim.cdm import assess_cdm_events, cdm_kvn, cdm_xml, read_cdm_summaries
from debrissim.cdm.reports import read_reports, reports_of, reports_of_summaries
from debrissim.cdm.series import group_reports, read_cdm_events

SMALL = np.stack([np.diag([0.01, 0.01, 0.01, 1e-5, 1e-5, 1e-5]) ** 2] * 2)
HEADER = "CDM_ID,CREATED,EMERGENCY_REPORTABLE,TCA,MIN_RNG,PC,SAT_1_ID,SAT_1_NAME,SAT_2_ID,SAT_2_NAME"


def events_of(messages):
    return group_reports(reports_of(messages))


def summary(number: int, created: str, tca: str, miss: float, pc: str, first: int, second: int) -> str:
    return f'"{number}","{created}","Y","{tca}","{miss}","{pc}","{first}","A{first}","{second}","B{second}"'


def table(tmp_path: Path, *rows: str):
    path = tmp_path / "summaries.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return group_reports(reports_of_summaries(read_cdm_summaries(path)))


def without_number(message, designator: str = "UNKNOWN"):
    return replace(message, secondary=replace(message.secondary, designator=designator))


def moved(kilometres: float, hours: float, **changes: object):
    states = TRUTH.copy()
    states[1, 0] += kilometres
    return conjunction(states, SMALL, hours, **changes)


def test_the_messages_of_a_series_are_one_event() -> None:
    messages = series(np.random.default_rng(1))
    messages[1] = replace(messages[1], primary=messages[1].secondary, secondary=messages[1].primary)
    messages[2] = replace(messages[2], originator="OTHER")
    (event,) = events_of([messages[k] for k in (2, 0, 3, 1)])
    assert [r.conjunction for r in event.reports] == messages
    assert event.keys == ("25544", "48274")
    assert event.swapped == (False, True, False, False)
    assert event.revisions == (0, 1, 2, 3)
    assert event.label == "OBJECT 25544 (25544)  x  OBJECT 48274 (48274)"
    assert "4 reports of 4 issues" in repr(event)


def test_other_pairs_and_other_passes_are_other_events() -> None:
    first = series(np.random.default_rng(1))
    other = series(np.random.default_rng(2), designators=("25544", "48275"))
    later = [replace(m, tca_fraction=m.tca_fraction + 5400.0 / 86400.0) for m in first]
    found = events_of([*first, *other, *later])
    assert sorted(len(event.reports) for event in found) == [4, 4, 4]
    assert {event.keys for event in found} == {("25544", "48274"), ("25544", "48275")}


def test_both_orders_of_one_issue_say_one_thing(tmp_path: Path) -> None:
    (event,) = table(
        tmp_path,
        summary(1, "2020-12-04 04:01:14", "2020-12-07T01:55:00.500", 316, "0.00068", 100, 200),
        summary(2, "2020-12-04 04:01:16", "2020-12-07T01:55:00.500", 316, "0.00068", 200, 100),
        summary(3, "2020-12-04 12:59:59", "2020-12-07T01:55:00.900", 44, "0.00093", 100, 200),
        summary(4, "2020-12-04 13:00:01", "2020-12-07T01:55:00.900", 44, "0.00093", 200, 100),
        summary(5, "2020-12-04 13:00:02", "2020-12-07T01:55:00.900", 45, "", 200, 100),
    )
    assert event.swapped == (False, True, False, True, True)
    assert len(event.issues) == 3
    assert event.revisions == (0, 2, 4)
    assert event.latest.stated_probability is None
    assert event.label == "B100 (100)  x  A200 (200)"


def test_public_summaries_are_the_known_number_of_events() -> None:
    found = read_cdm_events(shared_path("data/cdm/spacetrack_public_cdm_summaries.csv.xz"))
    counts = [len(event.issues) for event in found.events]
    assert (len(found.files.reports), len(counts)) == (1955, 353)
    assert sum(n >= 2 for n in counts) == 278
    assert sum(n >= 3 for n in counts) == 182
    assert sum(len(set(event.swapped)) == 2 for event in found.events) == 238


def test_a_designator_by_launch_joins_the_number() -> None:
    messages = series(np.random.default_rng(1))
    messages = [
        replace(m, secondary=replace(m.secondary, international_designator="2021-035A")) for m in messages
    ]
    messages[0] = without_number(messages[0])
    messages[1] = without_number(messages[1], "2021-035A")
    messages[2] = without_number(messages[2], "81202")
    (event,) = events_of(messages)
    assert event.keys == ("25544", "48274")


@pytest.mark.parametrize("designators", [("UNKNOWN", "81202", "48274"), ("UNKNOWN", "UNKNOWN", "48274")])
def test_an_object_that_is_catalogued_meanwhile_keeps_its_event(designators: tuple[str, ...]) -> None:
    messages = series(np.random.default_rng(3), hours=(72.0, 48.0, 30.0))
    messages = [without_number(m, text) for m, text in zip(messages, designators, strict=True)]
    (event,) = events_of(messages)
    assert event.keys == ("25544", "48274")
    assert len(event.reports) == 3
    (note,) = event.notes
    assert note.endswith("is taken as 48274: the same partner, TCA and state")
    for text in set(designators[:2]) - {"UNKNOWN"}:
        assert text in note


def test_it_does_so_in_either_order_and_by_another_name_of_its_partner() -> None:
    messages = series(np.random.default_rng(3), hours=(72.0, 48.0, 30.0))
    messages = [
        replace(m, primary=replace(m.primary, international_designator="1998-067A")) for m in messages
    ]
    messages[0] = without_number(messages[0])
    messages[0] = replace(messages[0], primary=replace(messages[0].primary, designator="1998-067A"))
    for k in (0, 2):
        messages[k] = replace(messages[k], primary=messages[k].secondary, secondary=messages[k].primary)
    (event,) = events_of(messages)
    assert set(event.keys) == {"25544", "48274"}
    assert event.swapped == (False, True, False)


def test_unknown_objects_of_one_state_are_one_event() -> None:
    messages = [without_number(m) for m in series(np.random.default_rng(3))]
    (event,) = events_of(messages)
    assert event.keys[0] == "25544"
    assert event.keys[1].startswith("unknown object of TESTER-")
    assert event.notes == ()


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        # 300 m away, with errors of 20 m.
        ({"states": 0.3}, "elsewhere"),
        ({"hours": 72.0}, "reported in the same issue"),
        ({"late": 30.0}, "another TCA"),
        ({"designator": "48299"}, "two catalogued objects"),
    ],
)
def test_objects_that_may_be_two_stay_two(other: dict[str, object], reason: str) -> None:
    first = moved(0.0, 72.0)
    second = moved(float(other.get("states", 0.0)), float(other.get("hours", 48.0)), message_id="second")
    second = without_number(second, str(other.get("designator", "81202")))
    second = replace(second, tca_fraction=second.tca_fraction + float(other.get("late", 0.0)) / 86400.0)
    found = events_of([first, second])
    assert len(found) == 2, reason
    assert not any(event.notes for event in found)


def test_contradicting_candidates_are_named_and_stay_apart() -> None:
    """An unknown object agrees with two catalogued ones that fly together."""
    first = moved(0.0, 72.0)
    twin = moved(0.01, 71.0, designators=("25544", "48299"))
    unknown = without_number(moved(0.005, 48.0))
    found = events_of([first, twin, unknown])
    assert len(found) == 3
    for event in found:
        (note,) = event.notes
        assert note == (
            "48274 and 48299 and an object without a designator agree in their states, but not all of them can be one "
            "object: kept apart"
        )


def test_summaries_of_changing_numbers_are_named_and_stay_apart(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        summary(1, "2020-12-04 04:01:14", "2020-12-07T01:55:00.5", 316, "0.0006", 100, 81202),
        summary(2, "2020-12-05 04:01:14", "2020-12-07T01:55:01.5", 310, "0.0006", 200, 100),
    )
    assert len(found) == 2
    for event in found:
        (note,) = event.notes
        assert "may be one object: summaries have no states to decide it" in note
        assert "81202" in note
        assert "200" in note


def test_a_summary_between_two_messages_does_not_part_them(tmp_path: Path) -> None:
    first, second, third = series(np.random.default_rng(1), hours=(72.0, 48.0, 24.0))
    path = tmp_path / "s.csv"
    row = summary(1, "2024-10-31 12:00:00", second.tca_utc[:-1], 300, "0.001", 25544, 48274)
    path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    reports = [*reports_of([first, second, third]), *reports_of_summaries(read_cdm_summaries(path))]
    (event,) = assess_cdm_events(group_reports(reports))
    assert [entry.report.conjunction is None for entry in event.history] == [False, False, True, False]
    alone = assess_cdm_events(group_reports(reports_of([first, second, third])))[0].history
    assert event.history[3].revision.chi_square == alone[2].revision.chi_square
    assert event.history[2].revision.reason == "summaries have no states"


@pytest.mark.parametrize("text", ["inf", "1e999", "nan", "-1"])
def test_a_summary_without_a_finite_miss_is_refused(tmp_path: Path, text: str) -> None:
    row = summary(1, "2024-10-31 12:00:00", "2024-11-01T00:00:00", 0, "0.1", 1, 2).replace('"0"', f'"{text}"')
    (tmp_path / "s.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    (fault,) = read_reports([tmp_path]).faults
    assert f"line 2: MIN_RNG: expected a number of 0 or more, got '{text}'" in fault


def test_folders_are_read_in_the_order_of_names(tmp_path: Path) -> None:
    messages = series(np.random.default_rng(1))
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "z.cdm").write_text(cdm_kvn(messages[0]), encoding="utf-8")
    (tmp_path / "b" / "a.xml.gz").write_bytes(gzip.compress(cdm_xml(messages[1]).encode()))
    (tmp_path / "b" / "deep" / "c").write_bytes(
        lzma.compress((cdm_kvn(messages[2]) + cdm_kvn(messages[3])).encode())
    )
    (tmp_path / "b" / "copy.cdm").write_text(cdm_kvn(messages[0]), encoding="utf-8")
    (tmp_path / "README.md").write_text("# No message\n", encoding="utf-8")
    (tmp_path / ".hidden").write_text("nothing", encoding="utf-8")
    (tmp_path / ".git" / "HEAD").write_text("nothing", encoding="utf-8")
    row = summary(1, "2020-12-04 04:01:14", "2020-12-07T01:55:00.5", 316, "0.0006", 100, 81202)
    (tmp_path / "s.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    found = read_reports([tmp_path, tmp_path / "z.cdm"])
    names = [
        Path(report.source.partition(": entry")[0]).relative_to(tmp_path).as_posix()
        for report in found.reports
    ]
    assert names == ["s.csv", "z.cdm", "b/a.xml.gz", "b/deep/c", "b/deep/c"]
    assert (found.files, found.repeated) == (5, 1)
    (fault,) = found.faults
    assert fault.startswith(f"{tmp_path / 'README.md'}: begins with '# No message'")
    events = read_cdm_events(tmp_path)
    assert sorted(len(event.reports) for event in events.events) == [1, 4]
    assert repr(events) == "<CdmEvents: 2 events of 5 reports, 1 file not readable>"


def test_nothing_to_read_is_no_event(tmp_path: Path) -> None:
    found = read_cdm_events(tmp_path, tmp_path / "none.cdm")
    assert found.events == ()
    assert found.files.faults == (f"{tmp_path / 'none.cdm'}: no such file",)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_objects_are_never_mixed_and_the_order_of_files_does_not_matter(data: st.DataObject) -> None:
    """Two objects 2 km apart, named in any way at any time, with catalogue numbers that are never wrong."""
    rows = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, 1),
                st.sampled_from(("own", "81202", "UNKNOWN")),
                st.booleans(),
                st.integers(1, 90),
            ),
            min_size=1,
            max_size=8,
            unique_by=lambda row: row[3],
        )
    )
    messages = []
    for truth, name, swap, hour in rows:
        designator = f"4827{truth}" if name == "own" else name
        message = without_number(moved(2.0 * truth, float(hour), message_id=f"{truth} {hour}"), designator)
        if swap:
            message = replace(message, primary=message.secondary, secondary=message.primary)
        messages.append(message)
    partitions = []
    for order in (range(len(rows)), data.draw(st.permutations(range(len(rows))))):
        found = events_of([messages[k] for k in order])
        partitions.append(sorted(sorted(r.message_id for r in event.reports) for event in found))
        for event in found:
            numbers = {
                item.key for report in event.reports for item in report.identities if item.is_permanent
            }
            assert len(numbers) <= 2
            named = [r.message_id[0] for r in event.reports]
            # A number that two objects share is one object to any reader.
            shares = any(item.key == "81202" for r in event.reports for item in r.identities)
            assert len(set(named)) == 1 or shares
    assert partitions[0] == partitions[1]
