"""The OCM export: the arcs of the OEM export, the modelled errors, and no fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from debrissim.catalog import identifier
from debrissim.core.errors import InputError
from debrissim.ephemerides import read_ephemerides
from debrissim.results.export import ocm, oem
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import read_table


@pytest.mark.parametrize("frame", ["eme2000", "teme"])
def test_the_arcs_are_those_of_the_oem(collision: Path, tmp_path: Path, frame: str) -> None:
    first = oem.write(collision, tmp_path / "oem", frame=frame)
    second = ocm.write(collision, tmp_path / "ocm", frame=frame)
    assert {path.name for path in second.iterdir()} == {"24946.ocm", "22675.ocm"}
    for name in ("24946", "22675"):
        (one,) = read_ephemerides(first / f"{name}.oem")
        (two,) = read_ephemerides(second / f"{name}.ocm")
        assert (one.name, one.international_designator) == (two.name, two.international_designator)
        assert two.norad_id == int(name)
        for a, b in zip(one.segments, two.segments, strict=True):
            np.testing.assert_array_equal(a.jd, b.jd)
            np.testing.assert_allclose(a.fraction, b.fraction, rtol=0.0, atol=1e-14)
            # The OEM is written to 1e-7 km and 1e-10 km/s.
            np.testing.assert_allclose(a.positions_km, b.positions_km, rtol=0.0, atol=2e-7)
            np.testing.assert_allclose(a.velocities_km_s, b.velocities_km_s, rtol=0.0, atol=2e-10)
            assert (a.interpolation, a.degree) == (b.interpolation, b.degree)


def test_the_covariance_is_that_of_the_table(collision: Path, tmp_path: Path) -> None:
    folder = ocm.write(collision, tmp_path / "ocm")
    table = read_table(collision / CONJUNCTIONS.file, CONJUNCTIONS)
    for role, name in (("primary", "24946"), ("secondary", "22675")):
        (ephemeris,) = read_ephemerides(folder / f"{name}.ocm")
        (segment,) = ephemeris.segments
        assert segment.covariances is not None
        sigma = [float(table[f"{role}_sigma_{axis}_km"][0]) for axis in "rtn"]
        found = segment.covariances.covariance[0, :3, :3]
        np.testing.assert_allclose(np.sqrt(np.diag(found)), sigma, rtol=1e-9)
        assert np.abs(found - np.diag(np.diag(found))).max() < 1e-9


def test_every_object_has_a_message_that_passes(hour: Path, tmp_path: Path) -> None:
    lint = pytest.importorskip("debrissim.lint")
    table = read_table(hour / CONJUNCTIONS.file, CONJUNCTIONS)
    numbers = {identifier(number) for number in (*table.primary_norad_id, *table.secondary_norad_id)}
    for module in (oem, ocm):
        folder = module.write(hour, tmp_path / module.FORMAT.name)
        assert {path.stem for path in folder.iterdir()} == numbers
        for path in folder.iterdir():
            report = lint.lint_file(path)
            assert report.passed, report.findings
            assert ("SYNTHETIC" in path.read_text(encoding="utf-8")) == (path.stem != "25544")


def test_the_independent_reader_reads_them(collision: Path, tmp_path: Path) -> None:
    ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py, the independent reader, is not installed")
    message = ndm.Ocm.from_file(str(ocm.write(collision, tmp_path / "ocm") / "24946.ocm"))
    assert message.segment.metadata.object_name == "IRIDIUM 33"
    assert message.segment.metadata.object_designator == "24946"
    (trajectory,), (covariance,) = message.segment.data.traj, message.segment.data.cov
    assert len(trajectory.traj_lines) >= 120
    assert len(covariance.cov_lines) == 1


def test_options_and_targets_are_checked(collision: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="export: expected a frame"):
        ocm.write(collision, tmp_path / "ocm", frame="itrf")
    target = ocm.write(collision, tmp_path / "ocm")
    with pytest.raises(InputError, match="exists already"):
        ocm.write(collision, target)
    assert ocm.write(collision, target, force=True) == target
    (target / "mine.ocm").write_text("CCSDS_OCM_VERS = 3.0\nORIGINATOR = ME\n", encoding="utf-8")
    with pytest.raises(InputError, match="not written by this program"):
        ocm.write(collision, target, force=True)
