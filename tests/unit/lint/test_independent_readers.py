"""Mutated messages against independent readers: what they refuse is a fault here, or at least advice.

The exceptions are rules that the standard does not have, each named.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from support.lint_samples import (
    CDM_KVN,
    CDM_XML,
    OCM_KVN,
    OCM_XML,
    OEM_KVN,
    OEM_XML,
    OMM_KVN,
    OMM_XML,
    OPM_KVN,
    OPM_XML,
    checked,
)
from support.mutations import mutate

from debrissim.cdm import parse_cdm
from debrissim.core.errors import InputError
from debrissim.ephemerides import parse_ephemerides

ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py, the independent reader, is not installed")

SAMPLES = {
    "Cdm": (CDM_KVN, CDM_XML),
    "Oem": (OEM_KVN, OEM_XML),
    "Opm": (OPM_KVN, OPM_XML),
    "Omm": (OMM_KVN, OMM_XML),
    "Ocm": (OCM_KVN, OCM_XML),
}
SEEDS = range(150)


def is_read(kind: str, text: str) -> bool:
    """Whether the independent reader takes a text; it panics on some."""
    try:
        getattr(ndm, kind).from_str(text)
    except BaseException:  # noqa: BLE001
        return False
    return True


def refusal(read: Callable[[bytes, str], object], data: bytes) -> str:
    """Why one of our readers refuses the bytes, "" if it takes them."""
    try:
        read(data, "file")
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_an_independent_reader_refuses_is_found(kind: str) -> None:
    refused = 0
    for notation, sample in enumerate(SAMPLES[kind]):
        assert is_read(kind, sample)
        for seed in SEEDS:
            data = mutate(sample.encode(), random.Random(10 * seed + notation))
            try:
                text = data.decode()
            except UnicodeDecodeError:
                continue
            # The standards allow a carriage return alone at the end of a line; it does not.
            if is_read(kind, text.replace("\r\n", "\n").replace("\r", "\n")):
                continue
            refused += 1
            report = checked(data)
            assert report.unreadable or report.findings, (kind, notation, seed)
    assert refused > 80


@pytest.mark.parametrize(
    ("sample", "read"),
    [
        (CDM_KVN, parse_cdm),
        (CDM_XML, parse_cdm),
        (OEM_KVN, parse_ephemerides),
        (OPM_KVN, parse_ephemerides),
        (OCM_KVN, parse_ephemerides),
    ],
)
def test_what_our_own_readers_refuse_is_found(sample: str, read) -> None:
    refused = 0
    for seed in SEEDS:
        data = mutate(sample.encode(), random.Random(seed))
        reason = refusal(read, data)
        if reason:
            refused += 1
            report = checked(data)
            assert report.unreadable or report.findings, (seed, reason)
    assert refused > 30
