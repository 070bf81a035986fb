"""Lunar-solar and resonance coefficients of an element set for SGP4's deep-space part.

Source: Hujsak 1979 and Hoots & Roehrich 1980, Spacetrack Report #3, with the corrections of Vallado et al. 2006,
"Revisiting Spacetrack Report #3"; variable names are those of the reports, so that they can be read side by side.
Gravity is that of WGS-72, and the mode is the improved one. Times are in minutes, angles in radians, lengths in Earth
radii.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.jit import jit

_TWO_PI = 2.0 * math.pi

# The Earth's rotation, and the mean motions and eccentricities of Sun and Moon as they circle it.
_RPTIM = 4.37526908801129966e-3
_ZNS, _ZES = 1.19459e-5, 0.01675
_ZNL, _ZEL = 1.5835218e-4, 0.05490

# Within 3 degrees of the equator the node is ill-defined and its lunar-solar rate is left out.
_FLAT = 5.2359877e-2

# Layout of a row: secular terms, then resonance, then a phase and twelve amplitudes each of Sun and Moon.
RESONANCE, SUN, MOON, CONSTANT_COUNT = 19, 33, 46, 59


@jit(error_model="numpy")
def _third_body(orbit, body, out):
    """Amplitudes of the periodics of one perturbing body into out (12,); rates of e, i, l, g and sin(i) h.

    orbit: sines and cosines of node, perigee, inclination, then eccentricity and mean motion; body: its
    perigee, inclination, node (relative to the satellite's) as (cos, sin), then strength, mean motion and eccentricity.
    """
    sinomm, cosomm, sinim, cosim, em, nm = orbit
    zcosg, zsing, zcosi, zsini, zcosh, zsinh, cc, zn, ze = body
    emsq = em * em
    betasq = 1.0 - emsq
    a1 = zcosg * zcosh + zsing * zcosi * zsinh
    a3 = -zsing * zcosh + zcosg * zcosi * zsinh
    a7 = -zcosg * zsinh + zsing * zcosi * zcosh
    a8 = zsing * zsini
    a9 = zsing * zsinh + zcosg * zcosi * zcosh
    a10 = zcosg * zsini
    a2, a4 = cosim * a7 + sinim * a8, cosim * a9 + sinim * a10
    a5, a6 = cosim * a8 - sinim * a7, cosim * a10 - sinim * a9

    x1, x2 = a1 * cosomm + a2 * sinomm, a3 * cosomm + a4 * sinomm
    x3, x4 = a2 * cosomm - a1 * sinomm, a4 * cosomm - a3 * sinomm
    x5, x6, x7, x8 = a5 * sinomm, a6 * sinomm, a5 * cosomm, a6 * cosomm

    z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3
    z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4
    z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4
    z1 = 2.0 * (3.0 * (a1 * a1 + a2 * a2) + z31 * emsq) + betasq * z31
    z2 = 2.0 * (6.0 * (a1 * a3 + a2 * a4) + z32 * emsq) + betasq * z32
    z3 = 2.0 * (3.0 * (a3 * a3 + a4 * a4) + z33 * emsq) + betasq * z33
    z11 = -6.0 * a1 * a5 - emsq * (24.0 * x1 * x7 + 6.0 * x3 * x5)
    z12 = -6.0 * (a1 * a6 + a3 * a5) - emsq * (24.0 * (x2 * x7 + x1 * x8) + 6.0 * (x3 * x6 + x4 * x5))
    z13 = -6.0 * a3 * a6 - emsq * (24.0 * x2 * x8 + 6.0 * x4 * x6)
    z21 = 6.0 * a2 * a5 + emsq * (24.0 * x1 * x5 - 6.0 * x3 * x7)
    z22 = 6.0 * (a4 * a5 + a2 * a6) + emsq * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8))
    z23 = 6.0 * a4 * a6 + emsq * (24.0 * x2 * x6 - 6.0 * x4 * x8)
    s3 = cc / nm
    rtemsq = math.sqrt(betasq)
    s2, s4 = -0.5 * s3 / rtemsq, s3 * rtemsq
    s1 = -15.0 * em * s4

    out[0], out[1] = 2.0 * s1 * (x2 * x3 + x1 * x4), 2.0 * s1 * (x2 * x4 - x1 * x3)
    out[2], out[3] = 2.0 * s2 * z12, 2.0 * s2 * (z13 - z11)
    out[4], out[5], out[6] = -2.0 * s3 * z2, -2.0 * s3 * (z3 - z1), s3 * (42.0 + 18.0 * emsq) * ze
    out[7], out[8], out[9] = 2.0 * s4 * z32, 2.0 * s4 * (z33 - z31), -18.0 * s4 * ze
    out[10], out[11] = -2.0 * s2 * z22, -2.0 * s2 * (z23 - z21)
    return (
        s1 * zn * (x1 * x3 + x2 * x4),
        s2 * zn * (z11 + z13),
        -zn * s3 * (z1 + z3 - 14.0 - 6.0 * emsq),
        s4 * zn * (z31 + z33 - 6.0),
        -zn * s2 * (z21 + z23),
    )


@jit(error_model="numpy")
def _half_day(row, em, sinim, cosim, nm, aonv):
    """The ten amplitudes of the 12 h resonance: d2201 d2211 d3210 d3222 d4410 d4422 d5220 d5232 d5421 d5433."""
    emsq = em * em
    eoc = em * emsq
    g201 = -0.306 - (em - 0.64) * 0.440
    if em <= 0.65:
        g211 = 3.616 - 13.2470 * em + 16.2900 * emsq
        g310 = -19.302 + 117.3900 * em - 228.4190 * emsq + 156.5910 * eoc
        g322 = -18.9068 + 109.7927 * em - 214.6334 * emsq + 146.5816 * eoc
        g410 = -41.122 + 242.6940 * em - 471.0940 * emsq + 313.9530 * eoc
        g422 = -146.407 + 841.8800 * em - 1629.014 * emsq + 1083.4350 * eoc
        g520 = -532.114 + 3017.977 * em - 5740.032 * emsq + 3708.2760 * eoc
    else:
        g211 = -72.099 + 331.819 * em - 508.738 * emsq + 266.724 * eoc
        g310 = -346.844 + 1582.851 * em - 2415.925 * emsq + 1246.113 * eoc
        g322 = -342.585 + 1554.908 * em - 2366.899 * emsq + 1215.972 * eoc
        g410 = -1052.797 + 4758.686 * em - 7193.992 * emsq + 3651.957 * eoc
        g422 = -3581.690 + 16178.110 * em - 24462.770 * emsq + 12422.520 * eoc
        if em > 0.715:
            g520 = -5149.66 + 29936.92 * em - 54087.36 * emsq + 31324.56 * eoc
        else:
            g520 = 1464.74 - 4664.75 * em + 3763.64 * emsq
    if em < 0.7:
        g533 = -919.22770 + 4988.6100 * em - 9064.7700 * emsq + 5542.21 * eoc
        g521 = -822.71072 + 4568.6173 * em - 8491.4146 * emsq + 5337.524 * eoc
        g532 = -853.66600 + 4690.2500 * em - 8624.7700 * emsq + 5341.4 * eoc
    else:
        g533 = -37995.780 + 161616.52 * em - 229838.20 * emsq + 109377.94 * eoc
        g521 = -51752.104 + 218913.95 * em - 309468.16 * emsq + 146349.42 * eoc
        g532 = -40023.880 + 170470.89 * em - 242699.48 * emsq + 115605.82 * eoc
    c, c2, s2 = cosim, cosim * cosim, sinim * sinim
    f220 = 0.75 * (1.0 + 2.0 * c + c2)
    f221 = 1.5 * s2
    f321 = 1.875 * sinim * (1.0 - 2.0 * c - 3.0 * c2)
    f322 = -1.875 * sinim * (1.0 + 2.0 * c - 3.0 * c2)
    f441 = 35.0 * s2 * f220
    f442 = 39.3750 * s2 * s2
    f522 = 9.84375 * sinim * (s2 * (1.0 - 2.0 * c - 5.0 * c2) + 0.33333333 * (-2.0 + 4.0 * c + 6.0 * c2))
    f523 = sinim * (4.92187512 * s2 * (-2.0 - 4.0 * c + 10.0 * c2) + 6.56250012 * (1.0 + 2.0 * c - 3.0 * c2))
    f542 = 29.53125 * sinim * (2.0 - 8.0 * c + c2 * (-12.0 + 8.0 * c + 10.0 * c2))
    f543 = 29.53125 * sinim * (-2.0 - 8.0 * c + c2 * (12.0 + 8.0 * c - 10.0 * c2))
    second = 3.0 * nm * nm * aonv * aonv
    third = second * aonv
    fourth = third * aonv
    fifth = fourth * aonv
    row[0], row[1] = second * 1.7891679e-6 * f220 * g201, second * 1.7891679e-6 * f221 * g211
    row[2], row[3] = third * 3.7393792e-7 * f321 * g310, third * 3.7393792e-7 * f322 * g322
    row[4], row[5] = 2.0 * fourth * 7.3636953e-9 * f441 * g410, 2.0 * fourth * 7.3636953e-9 * f442 * g422
    row[6], row[7] = fifth * 1.1428639e-7 * f522 * g520, fifth * 1.1428639e-7 * f523 * g532
    row[8], row[9] = 2.0 * fifth * 2.1765803e-9 * f542 * g521, 2.0 * fifth * 2.1765803e-9 * f543 * g533


@jit(error_model="numpy", arguments="f8[:, ::1], f8[:, ::1], f8[::1], f8[::1]")
def deep_space_constants(near, elements, epoch_days, gsto):
    """Constants (n, CONSTANT_COUNT) of the element sets of n deep-space objects.

    near (n, 29): the constants by `near_earth_constants` of elements (n, 7); epoch_days (n,): days since
    1949-12-31 0 h UTC; gsto (n,): Greenwich sidereal time at the epoch, taken from the library, whose rounding differs.
    """
    n = near.shape[0]
    out = np.zeros((n, CONSTANT_COUNT))
    for k in range(n):
        mo, mdot, argpo, argpdot, nodeo, nodedot = near[k, :6]
        no, em, aonv, inclo = near[k, 22], near[k, 23], 1.0 / near[k, 24], elements[k, 2]
        sinim, cosim = math.sin(inclo), math.cos(inclo)
        snodm, cnodm = math.sin(nodeo), math.cos(nodeo)
        row = out[k]

        # The Moon's orbit on the day of the epoch, its plane relative to the equator.
        day = epoch_days[k] + 18261.5
        xnodce = np.fmod(4.5236020 - 9.2422029e-4 * day, _TWO_PI)
        stem, ctem = math.sin(xnodce), math.cos(xnodce)
        zcosil = 0.91375164 - 0.03568096 * ctem
        zsinil = math.sqrt(1.0 - zcosil * zcosil)
        zsinhl = 0.089683511 * stem / zsinil
        zcoshl = math.sqrt(1.0 - zsinhl * zsinhl)
        gam = 5.8351514 + 0.0019443680 * day
        zx = math.atan2(0.39785416 * stem / zsinil, zcoshl * ctem + 0.91744867 * zsinhl * stem)
        zx = gam + zx - xnodce

        orbit = (math.sin(argpo), math.cos(argpo), sinim, cosim, em, no)
        sun = (0.1945905, -0.98088458, 0.91744867, 0.39785416, cnodm, snodm, 2.9864797e-6, _ZNS, _ZES)
        moon = (
            math.cos(zx), math.sin(zx), zcosil, zsinil,
            zcoshl * cnodm + zsinhl * snodm, snodm * zcoshl - cnodm * zsinhl, 4.7968065e-7, _ZNL, _ZEL,
        )  # fmt: skip
        row[SUN] = np.fmod(6.2565837 + 0.017201977 * day, _TWO_PI)
        row[MOON] = np.fmod(4.7199672 + 0.22997150 * day - gam, _TWO_PI)
        ses, sis, sls, sghs, shs = _third_body(orbit, sun, row[SUN + 1 : MOON])
        sel, sil, sll, sghl, shll = _third_body(orbit, moon, row[MOON + 1 :])
        if inclo < _FLAT or inclo > math.pi - _FLAT:
            shs = shll = 0.0
        else:
            shs, shll = shs / sinim, shll / sinim
        domdt = sghs - cosim * shs + sghl - cosim * shll
        dnodt = shs + shll
        dmdt = sls + sll

        for column in range(10):
            row[column] = near[k, column]
        row[10], row[11], row[12], row[13] = no, em, near[k, 24], inclo
        row[14], row[15], row[16], row[17], row[18] = ses + sel, sis + sil, dmdt, dnodt, domdt

        theta = np.fmod(gsto[k], _TWO_PI)
        row[RESONANCE] = gsto[k]
        if 0.0034906585 < no < 0.0052359877:
            second = 3.0 * no * no * aonv * aonv
            eosq = em * em
            f311 = 0.9375 * sinim * sinim * (1.0 + 3.0 * cosim) - 0.75 * (1.0 + cosim)
            row[RESONANCE + 1] = 1.0
            row[RESONANCE + 2] = np.fmod(mo + nodeo + argpo - theta, _TWO_PI)
            row[RESONANCE + 3] = mdot + (argpdot + nodedot) - _RPTIM + dmdt + domdt + dnodt - no
            row[RESONANCE + 4] = second * f311 * (1.0 + 2.0 * eosq) * 2.1460748e-6 * aonv
            row[RESONANCE + 5] = (
                2.0
                * second
                * (0.75 * (1.0 + cosim) * (1.0 + cosim))
                * (1.0 + eosq * (-2.5 + 0.8125 * eosq))
                * 1.7891679e-6
            )
            row[RESONANCE + 6] = (
                3.0
                * second
                * (1.875 * (1.0 + cosim) ** 3)
                * (1.0 + eosq * (-6.0 + 6.60937 * eosq))
                * 2.2123015e-7
                * aonv
            )
        elif 8.26e-3 <= no <= 9.24e-3 and em >= 0.5:
            row[RESONANCE + 1] = 2.0
            row[RESONANCE + 2] = np.fmod(mo + nodeo + nodeo - theta - theta, _TWO_PI)
            row[RESONANCE + 3] = mdot + dmdt + 2.0 * (nodedot + dnodt - _RPTIM) - no
            _half_day(row[RESONANCE + 4 : SUN], em, sinim, cosim, no, aonv)
    return out
