"""Constants of an element set for SGP4: secular rates of gravity and drag, and the near-Earth terms.

Source: Hoots & Roehrich 1980, Spacetrack Report #3, with the corrections of Vallado et al. 2006, "Revisiting
Spacetrack Report #3"; variable names are those of the reports, so that they can be read side by side.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.constants import WGS72_J2, WGS72_J3, WGS72_J4, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.jit import jit

# The root of SGP4's gravity constant, in Earth radii^1.5 per minute, and the ratio of two of its harmonics.
XKE = 60.0 / math.sqrt(WGS72_RADIUS_KM**3 / WGS72_MU_KM3_S2)
J3_OVER_J2 = WGS72_J3 / WGS72_J2

CONSTANT_COUNT = 29


@jit(arguments="f8[:, ::1]")
def near_earth_constants(elements):
    """Constants (n, CONSTANT_COUNT) of element sets.

    elements: (n, 7): no_kozai (rad/min), ecco, inclo, nodeo, argpo, mo, bstar.
    """
    n = elements.shape[0]
    out = np.zeros((n, CONSTANT_COUNT))
    for k in range(n):
        no_kozai, ecco, inclo, nodeo, argpo, mo, bstar = elements[k]
        if no_kozai <= 0.0:
            continue
        omeosq = 1.0 - ecco * ecco
        rteosq = math.sqrt(omeosq)
        cosio, sinio = math.cos(inclo), math.sin(inclo)
        cosio2 = cosio * cosio
        cosio4 = cosio2 * cosio2
        ak = (XKE / no_kozai) ** (2.0 / 3.0)
        d1 = 0.75 * WGS72_J2 * (3.0 * cosio2 - 1.0) / (rteosq * omeosq)
        delta = d1 / (ak * ak)
        adel = ak * (1.0 - delta * delta - delta * (1.0 / 3.0 + 134.0 * delta * delta / 81.0))
        delta = d1 / (adel * adel)
        no = no_kozai / (1.0 + delta)
        ao = (XKE / no) ** (2.0 / 3.0)
        po = ao * omeosq
        con42 = 1.0 - 5.0 * cosio2
        con41 = -con42 - cosio2 - cosio2
        rp = ao * (1.0 - ecco)
        simple = rp < 220.0 / WGS72_RADIUS_KM + 1.0
        sfour = 78.0 / WGS72_RADIUS_KM + 1.0
        qzms24 = ((120.0 - 78.0) / WGS72_RADIUS_KM) ** 4
        perige = (rp - 1.0) * WGS72_RADIUS_KM
        if perige < 156.0:
            sfour = perige - 78.0
            if perige < 98.0:
                sfour = 20.0
            qzms24 = ((120.0 - sfour) / WGS72_RADIUS_KM) ** 4
            sfour = sfour / WGS72_RADIUS_KM + 1.0
        pinvsq = 1.0 / (po * po)
        tsi = 1.0 / (ao - sfour)
        eta = ao * ecco * tsi
        etasq = eta * eta
        eeta = ecco * eta
        psisq = abs(1.0 - etasq)
        coef = qzms24 * tsi**4
        coef1 = coef / psisq**3.5
        cc2 = (
            coef1
            * no
            * (
                ao * (1.0 + 1.5 * etasq + eeta * (4.0 + etasq))
                + 0.375 * WGS72_J2 * tsi / psisq * con41 * (8.0 + 3.0 * etasq * (8.0 + etasq))
            )
        )
        cc1 = bstar * cc2
        cc3 = -2.0 * coef * tsi * J3_OVER_J2 * no * sinio / ecco if ecco > 1.0e-4 else 0.0
        x1mth2 = 1.0 - cosio2
        cc4 = 2.0 * no * coef1 * ao * omeosq * (
            eta * (2.0 + 0.5 * etasq) + ecco * (0.5 + 2.0 * etasq)
            - WGS72_J2 * tsi / (ao * psisq) * (
                -3.0 * con41 * (1.0 - 2.0 * eeta + etasq * (1.5 - 0.5 * eeta))
                + 0.75 * x1mth2 * (2.0 * etasq - eeta * (1.0 + etasq)) * math.cos(2.0 * argpo)
            )
        )  # fmt: skip
        cc5 = 2.0 * coef1 * ao * omeosq * (1.0 + 2.75 * (etasq + eeta) + eeta * etasq)
        temp1 = 1.5 * WGS72_J2 * pinvsq * no
        temp2 = 0.5 * temp1 * WGS72_J2 * pinvsq
        temp3 = -0.46875 * WGS72_J4 * pinvsq * pinvsq * no
        mdot = (
            no
            + 0.5 * temp1 * rteosq * con41
            + 0.0625 * temp2 * rteosq * (13.0 - 78.0 * cosio2 + 137.0 * cosio4)
        )
        argpdot = (
            -0.5 * temp1 * con42
            + 0.0625 * temp2 * (7.0 - 114.0 * cosio2 + 395.0 * cosio4)
            + temp3 * (3.0 - 36.0 * cosio2 + 49.0 * cosio4)
        )
        xhdot1 = -temp1 * cosio
        nodedot = xhdot1 + (0.5 * temp2 * (4.0 - 19.0 * cosio2) + 2.0 * temp3 * (3.0 - 7.0 * cosio2)) * cosio
        one_plus = 1.0 + cosio if abs(cosio + 1.0) > 1.5e-12 else 1.5e-12
        d2 = d3 = d4 = t3cof = t4cof = t5cof = 0.0
        if not simple:
            cc1sq = cc1 * cc1
            d2 = 4.0 * ao * tsi * cc1sq
            temp = d2 * tsi * cc1 / 3.0
            d3 = (17.0 * ao + sfour) * temp
            d4 = 0.5 * temp * ao * tsi * (221.0 * ao + 31.0 * sfour) * cc1
            t3cof = d2 + 2.0 * cc1sq
            t4cof = 0.25 * (3.0 * d3 + cc1 * (12.0 * d2 + 10.0 * cc1sq))
            t5cof = 0.2 * (3.0 * d4 + 12.0 * cc1 * d3 + 6.0 * d2 * d2 + 15.0 * cc1sq * (2.0 * d2 + cc1sq))
        row = out[k]
        row[0], row[1], row[2], row[3], row[4], row[5] = mo, mdot, argpo, argpdot, nodeo, nodedot
        row[6] = 3.5 * omeosq * xhdot1 * cc1
        row[7], row[8], row[9] = cc1, bstar * cc4, 1.5 * cc1
        row[10] = bstar * cc3 * math.cos(argpo) if not simple else 0.0
        row[11] = -2.0 / 3.0 * coef * bstar / eeta if ecco > 1.0e-4 and not simple else 0.0
        row[12], row[13] = eta, (1.0 + eta * math.cos(mo)) ** 3
        row[14], row[15], row[16] = d2, d3, d4
        row[17] = bstar * cc5 if not simple else 0.0
        row[18], row[19], row[20], row[21] = math.sin(mo), t3cof, t4cof, t5cof
        row[22], row[23], row[24] = no, ecco, (XKE / no) ** (2.0 / 3.0)
        row[25] = -0.5 * J3_OVER_J2 * sinio
        row[26] = -0.25 * J3_OVER_J2 * sinio * (3.0 + 5.0 * cosio) / one_plus
        row[27], row[28] = cosio, sinio
    return out
