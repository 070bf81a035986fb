"""CDMs and public summaries as the other source: their states are another orbit, and that is tested."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, crossing_pair, leo, make_catalog, position_and_rate
from support.other_lists import run_toml, write_list
from support.small import small

from debrissim.catalog import write_omm_csv
from debrissim.cdm import parse_cdm
from debrissim.cli.main import main
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.other_sources import compare, read_other

TOML = (
    run_toml("Messages", "sky.csv", 0.1, spacecraft=700001, more="hard_body_radius_m = 70.0\n")
    + '[covariance]\nmodel = "fixed"\nfixed_sigma_rtn_km = [0.5, 1.0, 0.5]\n'
).replace("report = false\n", "report = false\ncdm_above = 1e-30\n")
STATION = leo(norad_id=700001)
INSIDE, OUTSIDE = (1.0, 1000.0), (6.0, 3000.0)
_HEAD = """\
CCSDS_CDM_VERS = 1.0
CREATION_DATE = {created}
ORIGINATOR = TESTER
MESSAGE_ID = {name}
TCA = {tca}
MISS_DISTANCE = {miss} [m]
"""
_OBJECT = """\
OBJECT = OBJECT{k}
OBJECT_DESIGNATOR = {number}
CATALOG_NAME = SATCAT
OBJECT_NAME = {name}
INTERNATIONAL_DESIGNATOR = UNKNOWN
EPHEMERIS_NAME = NONE
COVARIANCE_METHOD = CALCULATED
MANEUVERABLE = N/A
REF_FRAME = TEME
X = {x[0]} [km]
Y = {x[1]} [km]
Z = {x[2]} [km]
X_DOT = {x[3]} [km/s]
Y_DOT = {x[4]} [km/s]
Z_DOT = {x[5]} [km/s]
"""
_COVARIANCE = "".join(
    f"C{first}_{second} = {100.0 if first == second else 0.0}\n"
    for k, first in enumerate(("R", "T", "N"))
    for second in ("R", "T", "N")[: k + 1]
) + "".join(
    f"C{first}DOT_{second} = {0.0001 if second == first + 'DOT' else 0.0}\n"
    for k, first in enumerate(("R", "T", "N"))
    for second in ("R", "T", "N", "RDOT", "TDOT", "NDOT")[: 4 + k]
)


def message(
    number: int, miss_km: float, tca_s: float, shift_km: float, created: str = "2024-01-01T00:00:00"
) -> str:
    """A CDM of the station and an object that passes miss_km above it, a further shift_km up."""
    second = crossing_pair(miss_km, tca_s, primary=STATION)[1]
    states = [np.concatenate(position_and_rate(each, tca_s)) for each in (STATION, second)]
    up = states[0][:3] / np.linalg.norm(states[0][:3])
    states[1][:3] += shift_km * up
    text = _HEAD.format(
        created=created, name=f"M{number}", tca=utc_text(START_JD, START_FRACTION, tca_s).removesuffix("Z"),
        miss=1000.0 * (miss_km + shift_km),
    )  # fmt: skip
    for k, (one, state) in enumerate(zip((700001, number), states, strict=True), start=1):
        cells = [f"{value:.9f}" for value in state]
        text += _OBJECT.format(k=k, number=one, name=f"OBJECT {one}", x=cells) + _COVARIANCE
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("messages")
    others = [crossing_pair(*each, primary=STATION)[1] for each in (INSIDE, OUTSIDE)]
    write_omm_csv(make_catalog(STATION, *others), work / "sky.csv")
    (work / "run.toml").write_text(TOML, encoding="utf-8")
    run(load_scenario(work / "run.toml")).write(work / "out")
    return work


def test_a_made_up_message_is_what_it_says() -> None:
    (found,) = parse_cdm(message(700002, *INSIDE, 0.25).encode(), "m")
    assert np.linalg.norm(found.relative_state_rtn[:3]) == pytest.approx(1.25, abs=1e-6)


def test_the_messages_of_a_run_agree_with_it(folder: Path) -> None:
    found = compare(folder / "out", folder / "out" / "cdm", catalog_files=folder / "sky.csv")
    assert found.answer["found"] == found.answer["agree"] == len(found.matched) == 1
    assert found.matched.probability_causes.tolist() == [""]
    assert found.answer["missing_in_other"] is None


def test_another_orbit_in_a_message(folder: Path, tmp_path: Path) -> None:
    """One found with another miss, one that its states put inside; of each the latest message counts."""
    messages = {
        "a.cdm": message(700002, *INSIDE, 0.9, created="2024-01-01T00:00:00"),
        "b.cdm": message(700002, *INSIDE, 0.5, created="2024-01-01T08:00:00"),
        "c.cdm": message(700003, *OUTSIDE, -4.0),
    }
    for name, text in messages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    listed = read_other(tmp_path)
    assert (listed.report_count, len(listed.events)) == (3, 2)
    found = compare(folder / "out", tmp_path, catalog_files=folder / "sky.csv")
    assert found.matched.causes.tolist() == ["another orbit in the message"]
    assert found.matched.other_miss_distance_km[0] == pytest.approx(1.5, abs=1e-3)
    assert found.missing.causes.tolist() == ["another orbit in the message"]
    assert found.missing.counterfactual_miss_km[0] == pytest.approx(2.0, abs=1e-3)
    assert found.missing.computed_miss_km[0] == pytest.approx(6.0, abs=1e-3)
    assert found.missing.outside_km[0] == pytest.approx(3.0, abs=1e-3)
    assert found.answer["explained"] == found.answer["differences"] == 2


def test_a_message_outside_the_volume(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "c.cdm").write_text(message(700003, *OUTSIDE, 0.0), encoding="utf-8")
    found = compare(folder / "out", tmp_path / "c.cdm", catalog_files=folder / "sky.csv")
    assert found.missing.causes.tolist() == ["outside the volume"]
    assert found.missing.tested.tolist() == [True]
    assert "3.000 km outside the ball volume" in found.missing.explanation[0]


def test_summaries_hold_no_orbits(folder: Path, tmp_path: Path) -> None:
    tca = utc_text(START_JD, START_FRACTION, OUTSIDE[1]).removesuffix("Z")
    path = tmp_path / "summaries.csv"
    path.write_text(
        "CDM_ID,CREATED,EMERGENCY_REPORTABLE,TCA,MIN_RNG,PC,SAT_1_ID,SAT_1_NAME,SAT1_OBJECT_TYPE,SAT1_RCS,"
        "SAT_1_EXCL_VOL,SAT_2_ID,SAT_2_NAME,SAT2_OBJECT_TYPE,SAT2_RCS,SAT_2_EXCL_VOL\n"
        f'"1","2024-01-01 00:00:00.000000","Y","{tca}","2000","0.001","700003","X","DEBRIS","SMALL","1.00",'
        '"700001","STATION","PAYLOAD","LARGE","5.00"\n',
        encoding="utf-8",
    )
    found = compare(folder / "out", path, catalog_files=folder / "sky.csv")
    assert found.missing.causes.tolist() == ["not determined"]
    assert found.missing.tested.tolist() == [False]
    assert "it does not contain orbits" in found.missing.explanation[0]
    assert found.missing.computed_miss_km[0] == pytest.approx(6.0, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty file; expected a SOCRATES list"),
        ("<html><body>403</body></html>", "an HTML page; expected a SOCRATES list"),
        ("hello world\n", "begins with 'hello world"),
        ("NORAD_CAT_ID_1,NORAD_CAT_ID_2,TCA,TCA_RANGE\n1,2,3,4\n", "line 1: the header has"),
        ("CCSDS_CDM_VERS = 1.0\n", "CREATION_DATE"),
    ],
)
def test_what_is_no_such_source_is_refused_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as error:
        read_other(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_named_source_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_list(tmp_path / "fetched.csv", [])
    asked: list[str] = []
    module = import_module("debrissim.verification.other_sources.read_other")
    monkeypatch.setattr(module, "_fetched", lambda name: asked.append(name) or path)
    assert read_other("socrates:min-range").path == path
    assert read_other(Path("socrates:min-range")).format == "SOCRATES list"
    assert asked == ["socrates:min-range"] * 2


def test_what_does_not_exist_is_missing_in_no_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(small(output={"plots": False, "report": False})).write(tmp_path / "out")
    write_list(tmp_path / "empty.csv", [])
    assert (
        main(["compare", str(tmp_path / "out"), str(tmp_path / "empty.csv"), "--out", str(tmp_path / "c")])
        == 0
    )
    shown = " ".join(capsys.readouterr().out.split())
    assert "0 events of these results are not in SOCRATES." in shown
    assert "which do not exist" in shown
    assert "only here:" not in shown


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither a results folder nor a folder of CDMs"):
        read_other(tmp_path)


def test_a_list_without_events_is_a_list(folder: Path, tmp_path: Path) -> None:
    write_list(tmp_path / "empty.csv", [])
    found = compare(folder / "out", tmp_path / "empty.csv", catalog_files=folder / "sky.csv")
    assert found.answer["events"] == len(found.matched) == 0
    assert found.missing.missing_in.tolist() == ["other"]
    shown = " ".join(" ".join(found.terminal_lines()).split())
    assert shown.startswith(
        "Of 0 events in SOCRATES, 0 concern objects and times that these results examined."
    )


def test_a_run_of_messages_alone_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.cdm").write_text(message(700002, *INSIDE, 0.0), encoding="utf-8")
    (tmp_path / "run.toml").write_text(
        'title = "Messages"\n[[events]]\nfile = "a.cdm"\nhard_body_radius_m = 5.0\n'
        "[output]\nplots = false\nreport = false\n",
        encoding="utf-8",
    )
    run(load_scenario(tmp_path / "run.toml")).write(tmp_path / "out")
    with pytest.raises(InputError, match="this one assessed only messages"):
        compare(tmp_path / "out", tmp_path / "a.cdm")
    found = compare(folder / "out", tmp_path / "out", catalog_files=folder / "sky.csv")
    assert found.answer["events"] == 0
