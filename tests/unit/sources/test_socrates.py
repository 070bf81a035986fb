"""SOCRATES lists: today's header, the archived one, and everything that is wrong in one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from support.shared import shared_path
from support.source_servers import Clock, Service, answer

from debrissim.core.errors import InputError
from debrissim.sources import Cache, fetch, is_socrates, parse_socrates, read_socrates

HEADER = (
    "NORAD_CAT_ID_1,OBJECT_NAME_1,DSE_1,NORAD_CAT_ID_2,OBJECT_NAME_2,DSE_2,TCA,TCA_RANGE,TCA_RELATIVE_SPEED,MAX_PROB,"
    "DILUTION"
)
ROW = (
    "100753,STARLINK-38381 [+],7.838,45381,COSMOS 2251 DEB [-],-0.250,2026-09-27 22:46:51.724,0.003,14.250,1.000E-02,"
    "0.001"
)
NAMELESS = ROW.replace("STARLINK-38381 [+]", '"A, B (C)"').replace("COSMOS 2251 DEB [-]", "")


def test_the_columns_of_a_list():
    table = parse_socrates(f"{HEADER}\r\n{ROW}\r\n\r\n{NAMELESS}\r\n", "list")
    assert len(table) == 2
    assert table.norad_id_1.tolist() == [100753, 100753]
    assert table.name_1.tolist() == ["STARLINK-38381", "A, B (C)"]
    assert table.status_1.tolist() == ["+", ""]
    assert table.name_2.tolist() == ["COSMOS 2251 DEB", ""]
    assert table.status_2.tolist() == ["-", ""]
    assert table.days_since_epoch_2.tolist() == [-0.25, -0.25]
    assert table.tca[0] == np.datetime64("2026-09-27T22:46:51.724")
    assert table.tca_jd[0] + table.tca_fraction[0] == pytest.approx(2461311.4492097, abs=1e-6)
    assert (table.miss_km[0], table.speed_km_s[0]) == (0.003, 14.25)
    assert (table.max_probability[0], table.dilution_km[0]) == (0.01, 0.001)
    assert len(parse_socrates(HEADER, "list")) == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (ROW.replace("100753", "0"), "list: line 3: expected a catalogue number, got '0'"),
        (ROW.replace("45381", "1e3"), "list: line 3: expected a catalogue number, got '1e3'"),
        (ROW.replace("0.003", ""), "list: line 3: expected miss_km: a number from 0 to 1e+06, got ''"),
        (ROW.replace("0.003", "-1"), "list: line 3: expected miss_km: a number from 0 to 1e+06, got '-1'"),
        (
            ROW.replace("1.000E-02", "nan"),
            "list: line 3: expected max_probability: a number from 0 to 1, got 'nan'",
        ),
        (
            ROW.replace("1.000E-02", "2"),
            "list: line 3: expected max_probability: a number from 0 to 1, got '2'",
        ),
        (
            ROW.replace("2026-09-27 22", "yesterday"),
            "list: line 3: expected a time such as 2026-09-27 22:46:51.724",
        ),
        (ROW.replace("0.003", "1_0"), "list: line 3: expected miss_km: a number from 0 to 1e+06, got '1_0'"),
        (ROW.replace("0.003", "inf"), "list: line 3: expected miss_km: a number from 0 to 1e+06, got 'inf'"),
        (ROW.replace("0.003", "\u0663"), "list: line 3: expected miss_km: a number from 0 to 1e+06, got "),
        (ROW.replace("45381", "\u0663"), "list: line 3: expected a catalogue number, got "),
        (ROW.replace("45381", "1234567890"), "list: line 3: expected a catalogue number, got '1234567890'"),
        (ROW.replace("45381", ""), "list: line 3: expected a catalogue number, got ''"),
        (ROW + ",1", "list: line 3: expected 11 fields, got 12"),
        ('"' + ROW, "list: line 3: not a row of a CSV table (unexpected end of data)"),
    ],
)
def test_a_bad_line_is_named(line: str, sentence: str):
    with pytest.raises(InputError) as error:
        parse_socrates(f"{HEADER}\n{ROW}\n{line}\n", "list")
    assert str(error.value).startswith(sentence)


def test_another_table_is_refused():
    with pytest.raises(
        InputError, match=r"^list: line 1: the header has 'a,b'; expected a SOCRATES list with NORAD"
    ):
        parse_socrates("a,b\n1,2", "list")
    assert not is_socrates("a,b\n1,2")
    assert is_socrates(f"{HEADER}\n")


def test_control_characters_of_names_are_shown_as_what_they_are():
    table = parse_socrates(f"{HEADER}\n{ROW.replace('STARLINK', chr(27) + '[2J')}", "list")
    assert table.name_1[0] == "\\x1b[2J-38381"


def test_a_list_is_fetched_by_the_rules_of_its_host(cache: Cache, clock: Clock, service: Service):
    service.answers(answer(f"{HEADER}\n{ROW}\n", headers={"Last-Modified": "Sat, 28 Nov 2026 01:00:00 GMT"}))
    get = partial(fetch, cache=cache, clock=clock)
    download = get("socrates:min-range")
    assert service.requests[0].path == "/SOCRATES/sort-minRange.csv"
    assert len(read_socrates(download)) == download.records == 1
    service.answers(answer("blocked", 403))
    for name in ("socrates:max-probability", "celestrak:active"):
        with pytest.raises(Exception, match="refuses access"):
            get(name)
    assert len(service.requests) == 2


def test_the_archived_list_of_december_2020_is_read():
    path: Path = shared_path("data/socrates/2020-12_events_with_elements.csv.xz")
    table = read_socrates(path)
    assert len(table) == 21_287
    assert table.status_1[0] == "+"
    assert float(table.miss_km.max()) <= 5.0
    assert table.tca.min() >= np.datetime64("2020-12-01")
