"""SGP4's near-Earth part as a kernel: positions for the coarse phase, where the library's call is the bottleneck.

Source: Hoots & Roehrich 1980, Spacetrack Report #3, with the corrections of Vallado et al. 2006; variable names are
those of Spacetrack Report #3, so that the two can be read side by side. Orbits with a period below 225 minutes only.

Why it stands here beside python-sgp4: that holds the interpreter lock while it computes, so that threads do not
help, and spends time on velocities and copies of records that interpolation nodes do not need. It remains the judge:
every reported number comes from it, and a test holds this kernel to within 1e-8 km of it, SGP4's own rounding, over
whole catalogues.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_RADIUS = 6378.135
_XKE = 60.0 / math.sqrt(_RADIUS**3 / 398600.8)
_J2, _J3, _J4 = 0.001082616, -0.00000253881, -0.00000165597
_J3_OVER_J2 = _J3 / _J2
_TWO_PI = 2.0 * math.pi
_KEPLER_TOLERANCE = 1e-12

CONSTANT_COUNT = 33

# Where drag has changed the mean motion this much (a third of the radius), the polynomials in time run wild and
# rounding is no longer small: such objects are left to the library.
_STEADY = 0.18
ASK_THE_LIBRARY = 255


@njit(cache=True, nogil=True)
def near_earth_constants(elements):  # type: ignore[no-untyped-def]
    """(n, CONSTANT_COUNT) constants of time of element sets.

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
        ak = (_XKE / no_kozai) ** (2.0 / 3.0)
        d1 = 0.75 * _J2 * (3.0 * cosio2 - 1.0) / (rteosq * omeosq)
        delta = d1 / (ak * ak)
        adel = ak * (1.0 - delta * delta - delta * (1.0 / 3.0 + 134.0 * delta * delta / 81.0))
        delta = d1 / (adel * adel)
        no = no_kozai / (1.0 + delta)
        ao = (_XKE / no) ** (2.0 / 3.0)
        po = ao * omeosq
        con42 = 1.0 - 5.0 * cosio2
        con41 = -con42 - cosio2 - cosio2
        rp = ao * (1.0 - ecco)
        simple = rp < 220.0 / _RADIUS + 1.0
        sfour = 78.0 / _RADIUS + 1.0
        qzms24 = ((120.0 - 78.0) / _RADIUS) ** 4
        perige = (rp - 1.0) * _RADIUS
        if perige < 156.0:
            sfour = perige - 78.0
            if perige < 98.0:
                sfour = 20.0
            qzms24 = ((120.0 - sfour) / _RADIUS) ** 4
            sfour = sfour / _RADIUS + 1.0
        pinvsq = 1.0 / (po * po)
        tsi = 1.0 / (ao - sfour)
        eta = ao * ecco * tsi
        etasq = eta * eta
        eeta = ecco * eta
        psisq = abs(1.0 - etasq)
        coef = qzms24 * tsi**4
        coef1 = coef / psisq**3.5
        cc2 = coef1 * no * (
            ao * (1.0 + 1.5 * etasq + eeta * (4.0 + etasq))
            + 0.375 * _J2 * tsi / psisq * con41 * (8.0 + 3.0 * etasq * (8.0 + etasq))
        )  # fmt: skip
        cc1 = bstar * cc2
        cc3 = -2.0 * coef * tsi * _J3_OVER_J2 * no * sinio / ecco if ecco > 1.0e-4 else 0.0
        x1mth2 = 1.0 - cosio2
        cc4 = 2.0 * no * coef1 * ao * omeosq * (
            eta * (2.0 + 0.5 * etasq) + ecco * (0.5 + 2.0 * etasq)
            - _J2 * tsi / (ao * psisq) * (
                -3.0 * con41 * (1.0 - 2.0 * eeta + etasq * (1.5 - 0.5 * eeta))
                + 0.75 * x1mth2 * (2.0 * etasq - eeta * (1.0 + etasq)) * math.cos(2.0 * argpo)
            )
        )  # fmt: skip
        cc5 = 2.0 * coef1 * ao * omeosq * (1.0 + 2.75 * (etasq + eeta) + eeta * etasq)
        temp1 = 1.5 * _J2 * pinvsq * no
        temp2 = 0.5 * temp1 * _J2 * pinvsq
        temp3 = -0.46875 * _J4 * pinvsq * pinvsq * no
        mdot = (
            no + 0.5 * temp1 * rteosq * con41
            + 0.0625 * temp2 * rteosq * (13.0 - 78.0 * cosio2 + 137.0 * cosio4)
        )  # fmt: skip
        argpdot = (
            -0.5 * temp1 * con42 + 0.0625 * temp2 * (7.0 - 114.0 * cosio2 + 395.0 * cosio4)
            + temp3 * (3.0 - 36.0 * cosio2 + 49.0 * cosio4)
        )  # fmt: skip
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
        row[22], row[23], row[24] = no, ecco, (_XKE / no) ** (2.0 / 3.0)
        row[25] = -0.5 * _J3_OVER_J2 * sinio
        row[26] = -0.25 * _J3_OVER_J2 * sinio * (3.0 + 5.0 * cosio) / one_plus
        row[27], row[28], row[29] = con41, x1mth2, 7.0 * cosio2 - 1.0
        row[30], row[31] = cosio, sinio
        row[32] = 1.0 if simple else 0.0
    return out


@njit(cache=True, nogil=True, inline="always")
def _reduced(angle):  # type: ignore[no-untyped-def]
    """The angle less whole turns; a third of the time of fmod, the same to the rounding of the angle itself."""
    return angle - _TWO_PI * math.floor(angle * (1.0 / _TWO_PI))


@njit(cache=True, nogil=True, inline="always")
def _sincos(angle):  # type: ignore[no-untyped-def]
    """Sine and cosine of an angle of a few turns, together, to rounding.

    A fifth off the kernel's time against two calls of the C library.

    Reduced to +-pi/4 with pi/2 in two parts (Cody & Waite 1980), then the minimax polynomials of fdlibm's kernels.
    """
    quarter = math.floor(angle * (2.0 / math.pi) + 0.5)
    x = (angle - quarter * 1.5707963267341256) - quarter * 6.077100506506192e-11
    z = x * x
    sine = x + x * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * (
        -1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * (
            -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))))  # fmt: skip
    cosine = 1.0 - 0.5 * z + z * z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (
        2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * (
            2.08757232129817482790e-09 - z * 1.13596475577881948265e-11)))))  # fmt: skip
    turn = int(quarter) & 3
    if turn == 1:
        return cosine, -sine
    if turn == 2:
        return -sine, -cosine
    if turn == 3:
        return -cosine, sine
    return sine, cosine


@njit(cache=True, nogil=True, inline="always")
def _turned(sine, cosine, angle):  # type: ignore[no-untyped-def]
    """Sine and cosine after a turn by a small angle (the J2 short-period terms, below 0.01): Taylor to rounding."""
    square = angle * angle
    s = angle * (1.0 - square * (1.0 / 6.0 - square * (1.0 / 120.0)))
    c = 1.0 - square * (0.5 - square * (1.0 / 24.0 - square * (1.0 / 720.0)))
    return sine * c + cosine * s, cosine * c - sine * s


@njit(cache=True, nogil=True, inline="always")
def _near_earth_state(c, t, positions, j, k):  # type: ignore[no-untyped-def]
    """One state: writes positions[j, :, k] and returns the SGP4 code."""
    t2 = t * t
    xmdf = c[0] + c[1] * t
    argpm = c[2] + c[3] * t
    nodem = c[4] + c[5] * t + c[6] * t2
    tempa = 1.0 - c[7] * t
    tempe = c[8] * t
    templ = c[9] * t2
    mm = xmdf
    if c[32] == 0.0:
        delmtemp = 1.0 + c[12] * _sincos(_reduced(xmdf))[1]
        temp = c[10] * t + c[11] * (delmtemp * delmtemp * delmtemp - c[13])
        mm = xmdf + temp
        argpm -= temp
        t3 = t2 * t
        t4 = t3 * t
        tempa = tempa - c[14] * t2 - c[15] * t3 - c[16] * t4
        tempe += c[17] * (_sincos(_reduced(mm))[0] - c[18])
        templ += c[19] * t3 + t4 * (c[20] + t * c[21])
    code = 0
    if c[22] <= 0.0:
        code = 2
    am = c[24] * tempa * tempa
    em = c[23] - tempe
    if code == 0 and (em >= 1.0 or em < -0.001):
        code = 1
    if abs(tempa - 1.0) > _STEADY:
        code = ASK_THE_LIBRARY
    if code == 0:
        em = max(em, 1.0e-6)
        mm += c[22] * templ
        xlm = _reduced(mm + argpm + nodem)
        nodem = _reduced(nodem)
        argpm = _reduced(argpm)
        mm = xlm - argpm - nodem
        sinw, cosw = _sincos(argpm)
        axnl = em * cosw
        temp = 1.0 / (am * (1.0 - em * em))
        aynl = em * sinw + temp * c[25]
        u = _reduced(mm + argpm + temp * c[26] * axnl)
        eo1 = u
        sineo1 = coseo1 = 0.0
        for _ in range(10):
            sineo1, coseo1 = _sincos(eo1)
            step = (u - aynl * coseo1 + axnl * sineo1 - eo1) / (1.0 - coseo1 * axnl - sineo1 * aynl)
            if abs(step) >= 0.95:
                step = math.copysign(0.95, step)
            eo1 += step
            if abs(step) < _KEPLER_TOLERANCE:
                break
        ecose = axnl * coseo1 + aynl * sineo1
        esine = axnl * sineo1 - aynl * coseo1
        el2 = axnl * axnl + aynl * aynl
        pl = am * (1.0 - el2)
        if pl < 0.0:
            code = 4
        else:
            rl = am * (1.0 - ecose)
            betal = math.sqrt(1.0 - el2)
            temp = esine / (1.0 + betal)
            sinu = am / rl * (sineo1 - aynl - axnl * temp)
            cosu = am / rl * (coseo1 - axnl + aynl * temp)
            # The library takes the angle of (cosu, sinu); the pair is of unit length but for rounding.
            scale = 1.0 / math.sqrt(sinu * sinu + cosu * cosu)
            sin2u = 2.0 * cosu * sinu
            cos2u = 1.0 - 2.0 * sinu * sinu
            temp1 = 0.5 * _J2 / pl
            temp2 = temp1 / pl
            mrt = rl * (1.0 - 1.5 * temp2 * betal * c[27]) + 0.5 * temp1 * c[28] * cos2u
            sinsu, cossu = _turned(sinu * scale, cosu * scale, -0.25 * temp2 * c[29] * sin2u)
            snod, cnod = _sincos(nodem)
            snod, cnod = _turned(snod, cnod, 1.5 * temp2 * c[30] * sin2u)
            sini, cosi = _turned(c[31], c[30], 1.5 * temp2 * c[30] * c[31] * cos2u)
            if mrt < 1.0:
                code = 6
            radius = mrt * _RADIUS
            positions[j, 0, k] = radius * (cnod * cossu - snod * cosi * sinsu)
            positions[j, 1, k] = radius * (snod * cossu + cnod * cosi * sinsu)
            positions[j, 2, k] = radius * sini * sinsu
    return code


@njit(cache=True, nogil=True)
def near_earth_positions(constants, first_minutes, minutes, positions, codes):  # type: ignore[no-untyped-def]
    """SGP4 positions of n near-Earth objects at t common times, written into positions and codes.

    constants (n, CONSTANT_COUNT); first_minutes (n,): minutes from each epoch to run time zero; minutes (t,): run time;
    positions (t, 3, n) km TEME; codes (n,): the first SGP4 error met, ASK_THE_LIBRARY, or 0.
    """
    for k in range(constants.shape[0]):
        codes[k] = 0
        for j in range(minutes.shape[0]):
            codes[k] = _near_earth_state(constants[k], first_minutes[k] + minutes[j], positions, j, k)
            if codes[k] != 0:
                break
