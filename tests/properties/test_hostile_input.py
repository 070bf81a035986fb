"""Mutated input of every reader: either a value that keeps its promises, or an InputError of one short sentence."""

from __future__ import annotations

import random
import re
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import cdm_samples, ephemeris_formats, ephemeris_samples, small
from support.element_records import COSMOS_2251, IRIDIUM_33, as_csv, as_json, as_kvn, as_xml, lines_of, omm
from support.history_sets import omm_history, tle_history
from support.mutations import mutate
from support.paths import ROOT

from debrissim.catalog import Catalog, Origin, join_sizes, parse_catalog, read_population, synthesize
from debrissim.cdm import parse_cdm, read_cdm_summaries
from debrissim.core.errors import InputError
from debrissim.ephemerides import read_earth_orientation, read_ephemerides
from debrissim.ephemerides.earth_orientation import MJD_ZERO
from debrissim.lint import LintReport, lint_file
from debrissim.scenario.file import read_content
from debrissim.studies.protocol import load_scenario
from debrissim.uncertainty.covariance_table import read_covariance_table
from debrissim.uncertainty.object_covariances import ObjectCovariances, read_object_covariances

# For each of the readers, in the slow set: over a million in all.
SAMPLE, SLOW_SAMPLE = 60, 125_000
MAX_SECONDS = 3.0
MAX_GROWTH_KB = 400_000


@dataclass(frozen=True)
class Reader:
    """A reader of files, good samples of its input, and what holds for everything that it accepts."""

    read: Callable[[Path], Any]
    samples: tuple[bytes, ...]
    check: Callable[[Any], None] = lambda _: None


def _check_catalog(catalog: Catalog) -> None:
    assert len(catalog) > 0
    for column in (catalog.name, catalog.international_designator, catalog.parent_event):
        assert all(text.isprintable() and len(text) <= 1200 for text in column.tolist())
    for column in (catalog.mean_motion_rev_day, catalog.bstar, catalog.epoch_jd, catalog.epoch_fraction):
        assert np.isfinite(column).all()
    real = (catalog.norad_id >= 1) & (catalog.norad_id <= 999_999_999)
    assert (real | (catalog.origin != Origin.REAL)).all()
    assert ((catalog.eccentricity >= 0.0) & (catalog.eccentricity < 1.0)).all()


def _check_file(file: Any) -> None:
    _check_catalog(file.catalog)
    assert file.record_count == len(file.catalog) + len(file.rejected)
    assert all(r.text.isprintable() and len(r.reason) < 600 for r in file.rejected)


def _check_messages(messages: Any) -> None:
    for message in messages:
        for item in (message.primary, message.secondary):
            assert item.name.isprintable()
            assert np.isfinite(item.state).all()
            assert np.isfinite(item.covariance_rtn).all()
        assert all(len(note) < 1000 for note in message.notes)


def _check_ephemerides(ephemerides: Any) -> None:
    assert ephemerides
    for ephemeris in ephemerides:
        assert ephemeris.name.isprintable()
        assert ephemeris.segments
        assert all(note.isprintable() and len(note) < 1000 for note in ephemeris.notes)
        assert all(event.comment.isprintable() for event in ephemeris.maneuvers)
        for segment in ephemeris.segments:
            times = (segment.jd - segment.jd[0] + segment.fraction) * 86400.0 + segment.leap_s
            assert (np.diff(times) > 0.0).all()
            radius = np.linalg.norm(segment.positions_km, axis=1)
            assert ((radius >= 6300.0) & (radius <= 1e6)).all()
            assert np.isfinite(segment.velocities_km_s).all()
            assert 0.0 <= segment.frame_error_km < 1000.0
            first, last = ((float(segment.jd[k]), float(segment.fraction[k])) for k in (0, -1))
            assert first <= segment.usable_start <= segment.usable_stop <= last
            if segment.covariances is not None:
                assert np.isfinite(segment.covariances.covariance).all()


def _check_lint(report: LintReport) -> None:
    for found in report.findings:
        assert found.text.isprintable()
        assert len(found.text) < 400
        assert found.clause
        assert found.rule
        assert found.line >= 1
    assert report.unreadable.isprintable()
    assert len(report.unreadable) < 1200
    assert len(report.findings) <= report.faults + report.advice
    assert bool(report.format) != bool(report.unreadable)


def _check_population(model: Any) -> None:
    catalog = synthesize(model, 50, np.random.default_rng(1), 2460000.5, 0.0)
    _check_catalog(catalog)


def _scenario(path: Path) -> Any:
    # The second call is of no kind, and must not stumble over content of another shape.
    return read_content(path), load_scenario(path)


# 2009-02-10, after the sets of the samples.
_HISTORY_END_JD = 2454872.5


def _history_folder(path: Path) -> ObjectCovariances:
    """A folder of past catalogues, one of them mutated; the other is that of another object."""
    folder = path.parent / "histories"
    folder.mkdir(exist_ok=True)
    (folder / "mutated").write_bytes(path.read_bytes())
    (folder / "sound").write_bytes(_OTHER_HISTORY)
    read = read_object_covariances(None, [folder], _HISTORY_END_JD, 0.0, 365.0)
    assert read is not None
    return read


def _check_covariances(own: ObjectCovariances) -> None:
    """Finite, symmetric and not negative, for objects with sets of their own and for others."""
    catalog = parse_catalog(lines_of(IRIDIUM_33, COSMOS_2251), "x").catalog
    state = np.tile([7000.0, 0.0, 0.0, 0.0, 1.0, 7.4], (2, 1))
    out = own.apply(np.tile(np.eye(3), (2, 1, 1)), catalog, state, np.array([0.5, 3.0]), 1.0)
    assert np.isfinite(out).all()
    assert (np.linalg.eigvalsh(out) > 0.0).all()
    assert all(text.isprintable() and len(text) < 1200 for text in own.notes())
    assert own.label_with("").isprintable()


_OTHER_HISTORY = as_csv(*({**sets, "NORAD_CAT_ID": "7", "OBJECT_NAME": "OTHER"} for sets in omm_history(12)))
_BOTH = (omm(), omm(NORAD_CAT_ID="5", OBJECT_NAME="A [B]", OBJECT_TYPE="DEBRIS"))
_POPULATION = (ROOT / "debrissim/catalog/population/data/population_2024-11-01.csv").read_bytes()
_SIZES = b"norad_id,hard_body_radius_m,mass_kg\n24946,3.5,560\n22675,2.5,\n5,,0.3\n"
_COVARIANCES = (
    b"norad_id,epoch_utc,sigma_r_km,sigma_t_km,sigma_n_km,growth_r_km_day,growth_t_km_day,growth_n_km_day\n"
    b"24946,2009-02-10T00:00:00Z,0.1,0.5,0.1,0.01,0.4,0.01\n22675,,0.1,0.5,0.1,,,\n",
    b"norad_id,cr_r,ct_r,ct_t,cn_r,cn_t,cn_n\n24946,0.01,0.001,0.25,0,0,0.01\n",
)
_SUMMARIES = (
    b"CDM_ID,CREATED,EMERGENCY_REPORTABLE,TCA,MIN_RNG,PC,SAT_1_ID,SAT_1_NAME,SAT1_OBJECT_TYPE,SAT1_RCS,SAT_1_EXCL_VOL,"
    b"SAT_2_ID,SAT_2_NAME,SAT2_OBJECT_TYPE,SAT2_RCS,SAT_2_EXCL_VOL\n"
    b"1,2024-11-01 00:00:00.000000,Y,2024-11-02T03:04:05.678000,412,0.00048,25544,ISS (ZARYA),PAYLOAD,LARGE,5.00,"
    b"270387,DEBRIS,DEBRIS,SMALL,1.00\n"
)
READERS: Mapping[str, Reader] = {
    "tle": Reader(
        lambda path: parse_catalog(path.read_bytes(), str(path)),
        (
            lines_of(IRIDIUM_33, COSMOS_2251),
            lines_of(("0 IRIDIUM 33", *IRIDIUM_33), ("COSMOS 2251", *COSMOS_2251)),
        ),
        _check_file,
    ),
    "omm": Reader(
        lambda path: parse_catalog(path.read_bytes(), str(path)),
        (as_csv(*_BOTH), as_json(*_BOTH), as_kvn(*_BOTH), as_xml(*_BOTH)),
        _check_file,
    ),
    "cdm": Reader(
        lambda path: parse_cdm(path.read_bytes(), str(path)),
        (cdm_samples.kvn().encode(), cdm_samples.xml().encode(), cdm_samples.spacetrack_text().encode()),
        _check_messages,
    ),
    "cdm-summaries": Reader(read_cdm_summaries, (_SUMMARIES,)),
    "scenario": Reader(
        _scenario,
        (
            small.SMALL_TOML.encode(),
            *(path.read_bytes() for path in sorted((ROOT / "scenarios").glob("*.toml"))),
        ),
    ),
    "population": Reader(read_population, (_POPULATION,), _check_population),
    "sizes": Reader(
        lambda path: join_sizes(parse_catalog(lines_of(IRIDIUM_33), "x").catalog, path),
        (_SIZES,),
        _check_catalog,
    ),
    "histories": Reader(
        _history_folder,
        (tle_history(12), tle_history(16), as_csv(*omm_history(16)), as_json(*omm_history(12))),
        _check_covariances,
    ),
    "ephemerides": Reader(
        read_ephemerides,
        (
            ephemeris_samples.oem_kvn().encode(),
            ephemeris_samples.oem_xml().encode(),
            ephemeris_samples.with_events().encode(),
        ),
        _check_ephemerides,
    ),
    "ephemerides-of-other-formats": Reader(
        read_ephemerides,
        (
            ephemeris_formats.itc().encode(),
            ephemeris_formats.stk(boundaries=(300.0,)).encode(),
            ephemeris_formats.opm_kvn().encode(),
            ephemeris_formats.opm_xml().encode(),
            ephemeris_formats.ocm_kvn().encode(),
            ephemeris_formats.ocm_xml().encode(),
        ),
        _check_ephemerides,
    ),
    "earth-orientation": Reader(
        read_earth_orientation,
        (
            ephemeris_samples.finals2000a().encode(),
            ephemeris_samples.EOP_CSV.encode(),
            ephemeris_samples.EOP_C04.encode(),
        ),
        lambda table: table.at(np.array([MJD_ZERO + table.mjd[0]]), np.array([0.5])),
    ),
    "lint": Reader(
        lint_file,
        (
            cdm_samples.kvn().encode(),
            cdm_samples.kvn(version="2.0", CONJUNCTION_ID="42").encode(),
            cdm_samples.xml().encode(),
            ephemeris_samples.oem_kvn().encode(),
            ephemeris_samples.oem_xml().encode(),
            ephemeris_formats.opm_kvn().encode(),
            ephemeris_formats.opm_xml().encode(),
            ephemeris_formats.ocm_kvn().encode(),
            ephemeris_formats.ocm_xml().encode(),
            lines_of(("0 IRIDIUM 33", *IRIDIUM_33), ("COSMOS 2251", *COSMOS_2251)),
            as_csv(*_BOTH),
            as_json(*_BOTH),
            as_kvn(*_BOTH),
            as_xml(*_BOTH),
        ),
        _check_lint,
    ),
    "covariances": Reader(read_covariance_table, _COVARIANCES, lambda table: repr(table)),
}


def attempt(name: str, seed: int, folder: Path) -> None:
    """Read one mutated input, and check time and outcome."""
    reader, rng = READERS[name], random.Random(seed)
    path = folder / "input"
    path.write_bytes(mutate(rng.choice(reader.samples), rng))
    begin = time.process_time()
    try:
        reader.check(reader.read(path))
    except InputError as error:
        sentence = str(error).replace(str(folder), "")
        assert sentence.isprintable(), sentence
        assert len(sentence) < 1200, sentence
    spent = time.process_time() - begin
    assert spent < MAX_SECONDS, f"{spent:.1f} s"


def attempts(name: str, seeds: range, folder: Path) -> None:
    """Read mutated inputs of these seeds; a failure names its seed and keeps its input in the folder."""
    # The kernels compile at their first call.
    (folder / "input").write_bytes(READERS[name].samples[0])
    READERS[name].check(READERS[name].read(folder / "input"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in seeds:
        try:
            attempt(name, seed, folder)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed} ({folder / 'input'}): {error!r}") from error
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MAX_GROWTH_KB


@pytest.mark.parametrize("name", READERS)
def test_mutated_input_is_read_or_refused_in_one_sentence(name: str, tmp_path: Path):
    attempts(name, range(SAMPLE), tmp_path)


_WORD = re.compile(rb"[A-Za-z0-9_.+:/-]+")
# The words of histories are those of "tle" and "omm", and those of the population are numbers.
_WITH_WORDS = [name for name in READERS if name not in ("histories", "population")]


def _sentences(name: str, path: Path) -> list[str]:
    """The sentences about a file: of a refusal, of findings, of notes."""
    try:
        read = READERS[name].read(path)
    except InputError as error:
        return [str(error).replace(str(path.parent), "")]
    if name == "lint":
        return [read.unreadable.replace(str(path.parent), ""), *(found.text for found in read.findings)]
    if name == "cdm" or name.startswith("ephemerides"):
        return [note for item in read for note in item.notes]
    return [rejected.reason for rejected in getattr(read, "rejected", ())]


@pytest.mark.parametrize("name", _WITH_WORDS)
def test_no_sentence_repeats_a_word_of_thousands_of_letters(name: str, tmp_path: Path):
    """Each word of the samples, everywhere in its sample, with thousands of letters at its end."""
    for sample in READERS[name].samples:
        for word in dict.fromkeys(_WORD.findall(sample)):
            long_word = re.compile(rb"(?<![A-Za-z0-9_.+:/-])" + re.escape(word) + rb"(?![A-Za-z0-9_.+:/-])")
            (tmp_path / "input").write_bytes(long_word.sub(lambda found: found[0] + b"Q" * 3000, sample))
            for sentence in _sentences(name, tmp_path / "input"):
                assert "Q" * 201 not in sentence, f"{word!r}: {sentence[:400]}"


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_a_million_mutated_inputs(name: str, tmp_path: Path):
    attempts(name, range(SAMPLE, SAMPLE + SLOW_SAMPLE), tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_the_samples_themselves_are_accepted(name: str, tmp_path: Path):
    reader = READERS[name]
    for sample in reader.samples:
        (tmp_path / "input").write_bytes(sample)
        reader.check(reader.read(tmp_path / "input"))
