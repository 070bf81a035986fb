"""Every example runs as it is and shows results."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from support.paths import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SHOWN = {
    "look_at_a_catalogue": (
        r"<CatalogFile gp\.csv: omm-csv, 2000 element sets, 0 rejected>",
        r"<Catalog: \d+ rows x 20",
    ),
    "screen": (r"<Screening: [\d,]+ encounters; 3,000 objects", r"<Encounters: 5 rows", r"<excluded\.csv: "),
    "assess": (
        r"<Risk: 5 rows",
        r"<Probability .* by ",
        r"<DilutionCurve: 5 rows",
        r"cumulative probability \d",
    ),
    "run_and_look": (
        r"<conjunctions: Iridium 33 and Cosmos 2251, 10 February 2009>",
        r"shape: \(1, 4\)",
        r"<DilutionCurve: ",
        r"encounter_planes\.png",
    ),
    "one_probability": (r"<Probability 2\.18e-03 by foster", r"alfano-2005 +2\.178", r"Alfano \(2005\)"),
    "avoid": (r"<avoidance: ", r"the burn is certified", r"miss_distance_km", r"MAN_DV_2 = -0\.0000"),
    "study": (r"<flux: ", r"diameter_cm", r"<faces\.csv: 6 rows"),
}


def test_every_example_is_listed_and_has_its_test():
    names = {path.stem for path in EXAMPLES}
    assert names == set(SHOWN)
    page = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)\.py` \|", page)) == names


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")
    shown = capsys.readouterr().out
    for pattern in SHOWN[path.stem]:
        assert re.search(pattern, shown), f"{pattern} is not in:\n{shown}"
