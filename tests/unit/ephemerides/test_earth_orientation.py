"""Files of Earth orientation."""

from __future__ import annotations

import numpy as np
import pytest
from support.ephemeris_samples import finals2000a

from debrissim.core.errors import InputError
from debrissim.ephemerides import parse_earth_orientation, read_earth_orientation

# Rows in the layouts of the three publishers; the values are made up.
CSV = (
    "DATE,MJD,X,Y,UT1-UTC,LOD,DPSI,DEPS,DX,DY,DAT,DATA_TYPE\n"
    "2016-12-31,57753,0.083,0.275,-0.4082,0.0010,-0.1,-0.1,0.0001,0.0001,36,O\n"
    "2017-01-01,57754,0.081,0.276,0.5907,0.0011,-0.1,-0.1,0.0001,0.0001,37,O\n"
    "2017-01-02,57755,0.079,0.277,0.5895,0.0012,-0.1,-0.1,0.0001,0.0001,37,P\n"
)
C04_14 = (
    "  INTERNATIONAL EARTH ROTATION AND REFERENCE SYSTEMS SERVICE\n"
    "      Date      MJD      x          y        UT1-UTC       LOD         dX        dY\n"
    "     (0h UTC)\n\n"
    "2016  12  31  57753   0.083000   0.275000  -0.4082000   0.0010000   0.000100   0.000100   0.1 0.1\n"
    "2017   1   1  57754   0.081000   0.276000   0.5907000   0.0011000   0.000100   0.000100   0.1 0.1\n"
    "2017   1   2  57755   0.079000   0.277000   0.5895000   0.0012000   0.000100   0.000100   0.1 0.1\n"
)
C04_20 = (
    "# EARTH ORIENTATION PARAMETER (EOP) PRODUCT CENTER\n"
    '# YR  MM  DD  HH       MJD        x(")        y(")  UT1-UTC(s)       dX(")      dY(")\n'
    "2016  12  31   0  57753.00    0.083000    0.275000  -0.4082000    0.000100    0.000100  0.1\n"
    "2017   1   1   0  57754.00    0.081000    0.276000   0.5907000    0.000100    0.000100  0.1\n"
    "2017   1   2   0  57755.00    0.079000    0.277000   0.5895000    0.000100    0.000100  0.1\n"
)


@pytest.mark.parametrize("text", [CSV, C04_14, C04_20, CSV.replace("\n", "\r\n")])
def test_the_same_values_in_three_layouts_and_across_a_leap_second(text: str) -> None:
    table = parse_earth_orientation(text, "x")
    np.testing.assert_array_equal(table.mjd, [57753.0, 57754.0, 57755.0])
    x, y, ut1_tai = table.at(np.array([2457753.5, 2457754.5]), np.array([0.5, 0.0]))
    np.testing.assert_allclose(x, [0.082, 0.081])
    np.testing.assert_allclose(y, [0.2755, 0.276])
    # UT1 - UTC jumps by a second at the midnight, UT1 - TAI does not.
    np.testing.assert_allclose(ut1_tai, [-36.40875 + 0.0, -36.4093], atol=1e-9)


def test_finals2000a_ends_with_days_without_values(tmp_path) -> None:
    (tmp_path / "finals").write_text(finals2000a(), encoding="ascii")
    table = read_earth_orientation(tmp_path / "finals")
    assert table.mjd[[0, -1]].tolist() == [60615.0, 60619.0]
    assert (table.x_arcsec[1], table.y_arcsec[1]) == (0.151, 0.329)
    assert table.ut1_tai_s[2] == pytest.approx(0.041 - 37.0)
    assert table.source == str(tmp_path / "finals")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "begins with nothing; expected finals2000A, EOP C04 or CelesTrak's EOP as CSV"),
        ("a,b\n1,2\n", "begins with 'a,b'; expected finals2000A"),
        ("\n".join(CSV.split("\n")[:2]), "fewer than two days"),
        (CSV.replace("0.5907", "x"), r"line 3: expected UT1 - UTC as a number, got 'x'"),
        (CSV.replace("0.5907", "nan"), r"line 3: expected UT1 - UTC as a number, got 'nan'"),
        (CSV.replace("0.5907", "59.07"), r"line 3: expected UT1 - UTC within 1, got 59.07"),
        (CSV.replace("0.081", "81"), r"line 3: expected x within 2, got 81"),
        (CSV.replace("57755", "57753"), r"line 4: MJD 57753 after 57754; expected days in order"),
        (CSV.replace("57755", "57775"), r"line 4: MJD 57775 after 57754; expected days in order"),
        (CSV.replace("57755", "577550"), r"line 4: expected an MJD of the years 1972 to 2099, got 577550"),
        (C04_14[:-60], r"line 7: expected"),
        (finals2000a().replace("0.151000", "0.15x000"), r"line 2: expected x as a number, got"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=f"^eop: {fault}") as caught:
        parse_earth_orientation(text, "eop")
    assert "\n" not in str(caught.value)
