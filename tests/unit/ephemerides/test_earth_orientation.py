"""Files of Earth orientation."""

from __future__ import annotations

import numpy as np
import pytest
from support.ephemeris_samples import EOP_C04, EOP_C04_20, EOP_CSV, finals2000a

from debrissim.core.errors import InputError
from debrissim.ephemerides import parse_earth_orientation, read_earth_orientation


@pytest.mark.parametrize("text", [EOP_CSV, EOP_C04, EOP_C04_20, EOP_CSV.replace("\n", "\r\n")])
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
        ("\n".join(EOP_CSV.split("\n")[:2]), "fewer than two days"),
        (EOP_CSV.replace("0.5907", "x"), r"line 3: expected UT1 - UTC as a number, got 'x'"),
        (EOP_CSV.replace("0.5907", "nan"), r"line 3: expected UT1 - UTC as a number, got 'nan'"),
        (EOP_CSV.replace("0.5907", "59.07"), r"line 3: expected UT1 - UTC within 1, got 59.07"),
        (EOP_CSV.replace("0.081", "81"), r"line 3: expected x within 2, got 81"),
        (EOP_CSV.replace("57755", "57753"), r"line 4: MJD 57753 after 57754; expected days in order"),
        (EOP_CSV.replace("57755", "57775"), r"line 4: MJD 57775 after 57754; expected days in order"),
        (
            EOP_CSV.replace("57755", "577550"),
            r"line 4: expected an MJD of the years 1972 to 2099, got 577550",
        ),
        (
            EOP_CSV.replace("0.5895", "-0.4105"),
            r"line 4: UT1 - TAI changes by -1.001 s in a step; expected less than",
        ),
        (EOP_C04[:-60], r"line 7: expected"),
        (finals2000a().replace("0.151000", "0.15x000"), r"line 2: expected x as a number, got"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=f"^eop: {fault}") as caught:
        parse_earth_orientation(text, "eop")
    assert "\n" not in str(caught.value)
