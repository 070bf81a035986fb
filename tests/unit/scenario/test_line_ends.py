"""Files with the line ends of Windows read as those of Linux do; TLE, CDM, OEM and others have tests of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.paths import SCENARIOS
from support.small import made_up_catalog

from debrissim.catalog import read_catalog, write_omm_csv
from debrissim.studies.protocol import load_scenario


def crlf(path: Path) -> Path:
    """The path of a copy with \\r\\n."""
    copy = path.with_name(f"crlf_{path.name}")
    copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return copy


def test_a_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    write_omm_csv(made_up_catalog(40), path)
    catalogue, same = read_catalog(path).catalog, read_catalog(crlf(path)).catalog
    assert len(same) == 40
    np.testing.assert_array_equal(same.mean_motion_rev_day, catalogue.mean_motion_rev_day)
    assert list(same.name) == list(catalogue.name)


@pytest.mark.parametrize("name", ["iss_week", "iss_flux"])
def test_a_scenario(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.toml"
    path.write_bytes((SCENARIOS / f"{name}.toml").read_bytes())
    assert load_scenario(crlf(path)).model_dump() == load_scenario(path).model_dump()
