"""Old spellings of keys and values: accepted, reported, and refused beside the new ones."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from support.small import SMALL_TOML

from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.scenario.aliases import notice_line
from debrissim.scenario.fields import ScenarioTable
from debrissim.studies.kinds import KINDS, get_kind
from debrissim.studies.protocol import load_scenario, open_results, parse_scenario, run

ORBIT = "[orbit]\naltitude_km = 417.0\ninclination_deg = 51.64\nsolar_flux = 150.0\n"
# One scenario per old name: the text in the old spelling, the same in the new one, the notice.
CONJUNCTIONS: dict[str, tuple[str, str, str]] = {
    "catalogue": (
        "[catalogue]\nname = 'A*'",
        "[catalog]\nname = 'A*'",
        "[catalogue] is now [catalog]",
    ),
    "co_location": (
        "[co_location]\nexclude = false",
        "[colocation]\nexclude = false",
        "[co_location] is now [colocation]",
    ),
    "catalog.greatest_age_days": (
        "[catalog]\ngreatest_age_days = 9.0",
        "[catalog]\nmax_age_days = 9.0",
        "greatest_age_days is now max_age_days",
    ),
    "colocation.greatest_separation_km": (
        "[colocation]\ngreatest_separation_km = 60.0",
        "[colocation]\nmax_separation_km = 60.0",
        "greatest_separation_km is now max_separation_km",
    ),
    "span.start": (
        '[span]\nstart = "catalogue epoch"',
        '[span]\nstart = "catalog epoch"',
        'start = "catalogue epoch" is now "catalog epoch"',
    ),
    "primaries.prefer": (
        '[[primaries]]\nnorad_id = 5\nprefer = "catalogue"',
        '[[primaries]]\nnorad_id = 5\nprefer = "catalog"',
        'prefer = "catalogue" is now "catalog"',
    ),
    "breakups.least_length_m": (
        '[[breakups]]\ntype = "explosion"\ntime = 2024-11-01\nleast_length_m = 0.3\ntarget = { norad_id = 7 }',
        '[[breakups]]\ntype = "explosion"\ntime = 2024-11-01\nmin_length_m = 0.3\ntarget = { norad_id = 7 }',
        "least_length_m is now min_length_m",
    ),
    "breakups.projectile.speed_km_s": (
        "[[breakups]]\ntime = 2024-11-01\ntarget = { norad_id = 7 }\nprojectile = { mass_kg = 9.0, speed_km_s = 5.0 }",
        "[[breakups]]\ntime = 2024-11-01\ntarget = { norad_id = 7 }\n"
        "projectile = { mass_kg = 9.0, relative_speed_km_s = 5.0 }",
        "speed_km_s is now relative_speed_km_s",
    ),
    "breakups.projectile.velocity_rtn_km_s": (
        "[[breakups]]\ntime = 2024-11-01\ntarget = { norad_id = 7 }\n"
        "projectile = { mass_kg = 9.0, velocity_rtn_km_s = [0.0, 1.0, 2.0] }",
        "[[breakups]]\ntime = 2024-11-01\ntarget = { norad_id = 7 }\n"
        "projectile = { mass_kg = 9.0, relative_velocity_rtn_km_s = [0.0, 1.0, 2.0] }",
        "velocity_rtn_km_s is now relative_velocity_rtn_km_s",
    ),
}
STUDIES: dict[str, tuple[str, str, str]] = {
    "risk-map.catalogue": (
        'kind = "risk-map"\n[catalogue]\npopulation = "bundled"',
        'kind = "risk-map"\n[catalog]\npopulation = "bundled"',
        "[catalogue] is now [catalog]",
    ),
    "station-years.catalogues": (
        'kind = "station-years"\n[[catalogues]]\npopulation = "bundled"',
        'kind = "station-years"\n[[catalogs]]\npopulation = "bundled"',
        "[[catalogues]] is now [[catalogs]]",
    ),
    "risk-map.catalog.greatest_age_days": (
        'kind = "risk-map"\n[catalog]\npopulation = "bundled"\ngreatest_age_days = 9.0',
        'kind = "risk-map"\n[catalog]\npopulation = "bundled"\nmax_age_days = 9.0',
        "greatest_age_days is now max_age_days",
    ),
    "breakup.event.least_length_m": (
        'kind = "breakup"\ntarget = { mass_kg = 9.0 }\n[event]\ntype = "explosion"\nleast_length_m = 0.2',
        'kind = "breakup"\ntarget = { mass_kg = 9.0 }\n[event]\ntype = "explosion"\nmin_length_m = 0.2',
        "least_length_m is now min_length_m",
    ),
    "penetration.surfaces.exposed_share": (
        f'kind = "penetration"\n{ORBIT}[mission]\nstart = 2024-11-01\nduration_days = 1.0\n[[surfaces]]\n'
        'module = "m"\nshield = "node-2-3"\nshape = "tumbling"\narea_m2 = 3.0\nexposed_share = 0.5',
        f'kind = "penetration"\n{ORBIT}[mission]\nstart = 2024-11-01\nduration_days = 1.0\n[[surfaces]]\n'
        'module = "m"\nshield = "node-2-3"\nshape = "tumbling"\narea_m2 = 3.0\nexposed_fraction = 0.5',
        "exposed_share is now exposed_fraction",
    ),
}
CASES = {
    name: tuple(f'title = "x"\n[screening]\nmode = "all-vs-all"\n{part}' for part in case[:2]) + case[2:]
    for name, case in CONJUNCTIONS.items()
} | {name: tuple(f'title = "x"\n{part}' for part in case[:2]) + case[2:] for name, case in STUDIES.items()}


def tables(model: type[ScenarioTable]) -> Iterator[type[ScenarioTable]]:
    """A table and the tables in it."""
    yield model
    for field in model.model_fields.values():
        yield from tables_in(field.annotation)


def tables_in(annotation: Any) -> Iterator[type[ScenarioTable]]:
    if isinstance(annotation, type) and issubclass(annotation, ScenarioTable):
        yield from tables(annotation)
    for argument in get_args(annotation):
        yield from tables_in(argument)


@pytest.mark.parametrize("name", CASES)
def test_an_old_name_gives_the_same_scenario_and_a_notice(name: str):
    old_text, new_text, notice = CASES[name]
    old, new = (parse_scenario(tomllib.loads(text)) for text in (old_text, new_text))
    assert old.model_dump() == new.model_dump()
    assert old.notices == (notice,)
    assert new.notices == ()


def test_every_declared_old_name_is_among_the_cases():
    models = {table for kind in KINDS for table in tables(get_kind(kind).scenario)}  # type: ignore[arg-type]
    declared = {(model, key) for model in models for key in (*model.old_keys, *model.old_values)}
    assert len(declared) == len(CASES)
    assert {key for _, key in declared} == {name.rpartition(".")[2] for name in CASES}
    for model in models:
        assert set(model.old_keys.values()) <= set(model.model_fields)
        assert set(model.old_values) <= set(model.model_fields)
        assert not set(model.old_keys) & set(model.model_fields)


def test_a_key_in_both_spellings_is_refused():
    content = tomllib.loads(SMALL_TOML)
    with pytest.raises(InputError) as caught:
        parse_scenario(content | {"catalogue": {}}, "week.toml")
    assert (
        str(caught.value) == "week.toml: the scenario: expected catalog or its old name catalogue, not both"
    )
    content["catalog"] |= {"max_age_days": 3.0, "greatest_age_days": 3.0}
    with pytest.raises(
        InputError, match=r"^week.toml: catalog: expected max_age_days or its old name greatest_age_days"
    ):
        parse_scenario(content, "week.toml")


def test_a_misspelt_key_gets_the_new_name():
    with pytest.raises(InputError, match=r"did you mean 'max_age_days'\?$"):
        parse_scenario(tomllib.loads(SMALL_TOML) | {"catalog": {"greatest_age_day": 3.0}})


def test_a_notice_that_occurs_twice_is_given_once():
    primaries = [{"norad_id": number, "prefer": "catalogue"} for number in (5, 6)]
    scenario = parse_scenario({"title": "x", "primaries": primaries})
    assert scenario.notices == ('prefer = "catalogue" is now "catalog"',)


def test_the_line_of_a_file():
    assert notice_line("week.toml", ["[catalogue] is now [catalog]", "a is now b"]) == (
        "week.toml: [catalogue] is now [catalog], a is now b; the old names still work"
    )
    assert notice_line("week.toml", ["a is now b"]) == "week.toml: a is now b; the old name still works"


def test_the_terminal_gets_one_line_and_the_results_the_new_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    old = SMALL_TOML.replace("catalog.", "catalogue.").replace(
        "\n[primaries.e", 'prefer = "catalogue"\n[primaries.e'
    )
    Path("hour.toml").write_text(old, encoding="utf-8")
    assert main(["run", "hour.toml", "--out", "old"]) == 0
    first, *others = capsys.readouterr().err.splitlines()
    assert first == (
        'hour.toml: [catalogue] is now [catalog], prefer = "catalogue" is now "catalog"; the old names still work'
    )
    assert not any("is now" in line for line in others)
    run(tomllib.loads(SMALL_TOML)).write(tmp_path / "new")
    assert Path("old/conjunctions.csv").read_bytes() == Path("new/conjunctions.csv").read_bytes()
    assert Path("old/summary.json").read_bytes() == Path("new/summary.json").read_bytes()
    assert main(["run", "hour.toml", "--out", "quiet", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_a_results_folder_of_the_old_names_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """As version 0.1 wrote it: the scenario in summary.json has the old keys."""
    folder = tmp_path / "old"
    result = run(tomllib.loads(SMALL_TOML)).write(folder)
    summary = folder / "summary.json"
    text = summary.read_text(encoding="utf-8")
    for new, old in (
        ('"catalog": {', '"catalogue": {'),
        ('"colocation"', '"co_location"'),
        ('"max_age_days"', '"greatest_age_days"'),
        ('"max_separation_km"', '"greatest_separation_km"'),
        ('"catalog epoch"', '"catalogue epoch"'),
        ('"prefer": "catalog"', '"prefer": "catalogue"'),
    ):
        assert text.count(new) == 1
        text = text.replace(new, old)
    summary.write_text(text, encoding="utf-8")
    assert open_results(folder).scenario.model_dump() == result.scenario.model_dump()
    assert main(["verify", str(folder), "--sample", "20", "--quiet"]) == 0
    assert main(["plot", str(folder)]) == 0
    assert "is now" not in capsys.readouterr().err


def test_a_notice_is_silent_from_python(tmp_path: Path, recwarn: pytest.WarningsRecorder):
    path = tmp_path / "hour.toml"
    path.write_text(SMALL_TOML.replace("catalog.", "catalogue."), encoding="utf-8")
    assert load_scenario(path).notices == ("[catalogue] is now [catalog]",)
    assert len(recwarn) == 0
