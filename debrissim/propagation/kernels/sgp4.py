"""SGP4 positions by two kernels, near-Earth and deep-space, for the coarse phase, where the library is the bottleneck.

Source: Hoots & Roehrich 1980, Spacetrack Report #3, with the corrections of Vallado et al. 2006, "Revisiting
Spacetrack Report #3"; variable names are those of the reports, so that they can be read side by side.

They exist in addition to python-sgp4 because the library holds the interpreter lock while it computes, so that threads
do not help, computes one state at a time, and spends time on velocities and copies of records that interpolation nodes
do not need. The library remains the reference: every reported number comes from it, and tests hold these kernels to
within 1e-8 km of it, SGP4's own rounding, over whole catalogues. Rows in which rounding is decisive are left to it
(FALLBACK_TO_REFERENCE), with one rare exception: whether Kepler's equation gets another correction, of up to 1e-12 of
the axis.

They are fast because objects are processed in blocks of _B lanes, and every stage is a loop over lanes without branches
or calls, which the compiler vectorises. All numbers of a block are in one array `w`, a row of lanes per name, at
offsets fixed at compile time: only then can the compiler see that reads and writes do not overlap.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.constants import WGS72_J2, WGS72_RADIUS_KM
from debrissim.core.jit import jit
from debrissim.propagation.kernels.near_earth import J3_OVER_J2, XKE

_TWO_PI = 2.0 * math.pi
_KEPLER_TOLERANCE = 1e-12

FALLBACK_TO_REFERENCE = 255
NO_MOTIONS = np.empty((0, 5, 0))

_ARGUMENTS = "f8[:, ::1], f8[::1], f8[::1], i8[::1], i8[::1], f8[:, :, ::1], f8[:, :, ::1], u1[::1]"

# If drag has changed the square root of the axis by this much (a third of the radius), the polynomials in time diverge
# and rounding is no longer small.
_MAX_DRAG_CHANGE = 0.18
# Rounding is not small below this cosine of a deep-space inclination (2 degrees from 180) either: SGP4 divides by 1 +
# cos i.
_MIN_COSINE = -0.9995
# Below this semi-latus rectum (Earth radii), deep below the ground, short-period terms are too large for `_rotate`.
_MIN_PARAMETER = 0.2
# Beyond this relative change of a resonant mean motion since the epoch, `_mean_deep` cannot solve for the axis.
_MAX_RESONANT_CHANGE = 0.03

# Apparent orbits of Sun and Moon: mean motion (rad/min) and eccentricity; the Earth's rotation (rad/min).
_ZNS, _ZES, _ZNL, _ZEL = 1.19459e-5, 0.01675, 1.5835218e-4, 0.05490
_RPTIM = 4.37526908801129966e-3
# The step of the resonance integrator, minutes.
_STEP = 720.0
# Below this perturbed inclination (rad) the periodics of the node are applied by Lyddane's formulae.
_LYDDANE = 0.2

# Lanes per block: enough to hide latency, few enough for the block to stay in the nearest cache.
_B = 32

# Rows of w in both kernels: the code, time zero, the mean elements in Kepler's equation, its solution and whether that
# is still active, sines and cosines of the angles, the position (then the velocity), and the mean eccentricity.
(
    _CODE, _FIRST, _AM, _AXNL, _AYNL, _U, _EO1, _SINEO1, _COSEO1, _ACTIVE, _SNOD, _CNOD, _SINIP, _COSIP,
    _X, _Y, _Z, _EM,
) = (_B * k for k in range(18))  # fmt: skip
# Rows of constants: the columns of `near_earth_constants` and of `deep_space_constants`, of which the first ten agree.
_CONSTANTS = 18
(
    _MO, _MDOT, _ARGPO, _ARGPDOT, _NODEO, _NODEDOT, _NODECF, _CC1, _BCC4, _T2COF, _OMGCOF, _XMCOF, _ETA, _DELMO,
    _D2, _D3, _D4, _BCC5, _SINMAO, _T3COF, _T4COF, _T5COF, _NO, _ECCO, _AO, _AYCOF, _XLCOF, _COSIO, _SINIO,
) = (_B * k for k in range(_CONSTANTS, _CONSTANTS + 29))  # fmt: skip
(
    _DEEP_NO, _DEEP_ECCO, _DEEP_AO, _INCLO, _DEDT, _DIDT, _DMDT, _DNODT, _DOMDT, _GSTO, _IREZ, _XLAMO, _XFACT,
) = (_B * k for k in range(_CONSTANTS + 10, _CONSTANTS + 23))  # fmt: skip
(
    _ZMOS, _SE2, _SE3, _SI2, _SI3, _SL2, _SL3, _SL4, _SGH2, _SGH3, _SGH4, _SH2, _SH3,
    _ZMOL, _EE2, _E3, _XI2, _XI3, _XL2, _XL3, _XL4, _XGH2, _XGH3, _XGH4, _XH2, _XH3,
) = (_B * k for k in range(_CONSTANTS + 33, _CONSTANTS + 59))  # fmt: skip
# More rows of the deep-space kernel: resonant longitude and mean motion; elements between its two stages.
_XL, _NM, _EP, _XINCP, _NODEP, _ARGPP, _MP, _PINC, _PL, _PGH, _PH = (
    _B * k for k in range(_CONSTANTS + 59, _CONSTANTS + 70)
)
_ROWS = _CONSTANTS + 70
# Offsets in a row of deep-space constants: the resonance (gsto first), and its ten amplitudes.
_RESONANCE, _AMPLITUDES = 19, 23


@jit(error_model="numpy", forceinline=True)
def _reduce(angle):
    """fmod(angle, 2 pi) to the last bit, in a few instructions: a turn in two parts, so that products are exact."""
    turns = np.trunc(angle * (1.0 / _TWO_PI))
    return (angle - turns * 6.283185306936502) - turns * (_TWO_PI - 6.283185306936502)


@jit(error_model="numpy", forceinline=True)
def _sincos(angle):
    """Sine and cosine of an angle of less than some hundred thousand turns, together, to rounding.

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
    turn = quarter - 4.0 * math.floor(quarter * 0.25)
    odd = turn == 1.0 or turn == 3.0
    first = cosine if odd else sine
    second = sine if odd else cosine
    return -first if turn >= 2.0 else first, -second if turn == 1.0 or turn == 2.0 else second


@jit(error_model="numpy", forceinline=True)
def _rotate(sine, cosine, angle):
    """Sine and cosine after a turn by a small angle (the J2 short-period terms, below 0.02): Taylor to rounding."""
    square = angle * angle
    s = angle * (1.0 - square * (1.0 / 6.0 - square * (1.0 / 120.0)))
    c = 1.0 - square * (0.5 - square * (1.0 / 24.0 - square * (1.0 / 720.0)))
    return sine * c + cosine * s, cosine * c - sine * s


@jit(error_model="numpy")
def _mean_near(w, minutes):
    """Near-Earth lanes at one run time: secular gravity and drag, up to Kepler's equation."""
    for b in range(_B):
        t = w[_FIRST + b] + minutes
        t2 = t * t
        t3 = t2 * t
        t4 = t3 * t
        xmdf = w[_MO + b] + w[_MDOT + b] * t
        delmtemp = 1.0 + w[_ETA + b] * _sincos(_reduce(xmdf))[1]
        temp = w[_OMGCOF + b] * t + w[_XMCOF + b] * (delmtemp * delmtemp * delmtemp - w[_DELMO + b])
        mm = xmdf + temp
        argpm = w[_ARGPO + b] + w[_ARGPDOT + b] * t - temp
        nodem = w[_NODEO + b] + w[_NODEDOT + b] * t + w[_NODECF + b] * t2
        tempa = 1.0 - w[_CC1 + b] * t - w[_D2 + b] * t2 - w[_D3 + b] * t3 - w[_D4 + b] * t4
        tempe = w[_BCC4 + b] * t + w[_BCC5 + b] * (_sincos(_reduce(mm))[0] - w[_SINMAO + b])
        templ = w[_T2COF + b] * t2 + (w[_T3COF + b] * t3 + t4 * (w[_T4COF + b] + t * w[_T5COF + b]))
        am = w[_AO + b] * tempa * tempa
        em = w[_ECCO + b] - tempe
        code = 1.0 if em >= 1.0 or em < -0.001 else 0.0
        code = 2.0 if w[_NO + b] <= 0.0 else code
        code = FALLBACK_TO_REFERENCE if abs(tempa - 1.0) > _MAX_DRAG_CHANGE else code
        w[_CODE + b] = code if w[_CODE + b] == 0.0 else w[_CODE + b]
        em = em if em > 1.0e-6 else 1.0e-6
        mm += w[_NO + b] * templ
        xlm = _reduce(mm + argpm + nodem)
        nodem = _reduce(nodem)
        argpm = _reduce(argpm)
        sinw, cosw = _sincos(argpm)
        axnl = em * cosw
        temp = 1.0 / (am * (1.0 - em * em))
        w[_AM + b], w[_EM + b] = am, em
        w[_AXNL + b] = axnl
        w[_AYNL + b] = em * sinw + temp * w[_AYCOF + b]
        w[_U + b] = _reduce(xlm - nodem + temp * w[_XLCOF + b] * axnl)
        w[_SNOD + b], w[_CNOD + b] = _sincos(nodem)
        w[_SINIP + b], w[_COSIP + b] = w[_SINIO + b], w[_COSIO + b]


@jit(error_model="numpy")
def _rates(c, atime, xli, xni):
    """Rates at one step of the integrator: xldot, xndt and xnddt, of resonant longitude and mean motion."""
    d = c[_AMPLITUDES:]
    xldot = xni + c[_RESONANCE + 3]
    if c[_RESONANCE + 1] == 1.0:
        s1, c1 = _sincos(xli - 0.13130908)
        s2, c2 = _sincos(2.0 * (xli - 2.8843198))
        s3, c3 = _sincos(3.0 * (xli - 0.37448087))
        xndt = d[0] * s1 + d[1] * s2 + d[2] * s3
        return xldot, xndt, (d[0] * c1 + 2.0 * d[1] * c2 + 3.0 * d[2] * c3) * xldot
    xomi = c[2] + c[3] * atime
    g22, g32, g44, g52, g54 = 5.7686396, 0.95240898, 1.8014998, 1.0508330, 4.4108898
    # Each term is given by its multiples of the argument of perigee and of longitude, and its phase.
    terms = (
        (2.0, 1.0, g22), (0.0, 1.0, g22), (1.0, 1.0, g32), (-1.0, 1.0, g32), (2.0, 2.0, g44),
        (0.0, 2.0, g44), (1.0, 1.0, g52), (-1.0, 1.0, g52), (1.0, 2.0, g54), (-1.0, 2.0, g54),
    )  # fmt: skip
    xndt = xnddt = 0.0
    for k, (of_perigee, of_longitude, phase) in enumerate(terms):
        sine, cosine = _sincos(of_perigee * xomi + of_longitude * xli - phase)
        xndt += d[k] * sine
        xnddt += of_longitude * d[k] * cosine
    return xldot, xndt, xnddt * xldot


@jit(error_model="numpy")
def _resonance(c, first, minutes, start, stop, stride, longitude, motion):
    """Integrate one object's resonant longitude and mean motion to the times start, start + stride.. before stop.

    The integrator is at (atime, xli, xni) and continues from there as long as times lead away from the epoch;
    otherwise it restarts. It shares no state with the integrator of the library, so earlier calls have no effect.
    """
    atime, xli, xni = 0.0, c[_RESONANCE + 2], c[10]
    xldot, xndt, xnddt = _rates(c, atime, xli, xni)
    for j in range(start, stop, stride):
        t = first + minutes[j]
        if t * atime < 0.0 or abs(t) < abs(atime):
            atime, xli, xni = 0.0, c[_RESONANCE + 2], c[10]
            xldot, xndt, xnddt = _rates(c, atime, xli, xni)
        delt = math.copysign(_STEP, t)
        while abs(t - atime) >= _STEP:
            # Sums are in the library's order: the effect of rounding on a resonant longitude grows from step to step.
            xli = xli + xldot * delt + xndt * (0.5 * _STEP * _STEP)
            xni = xni + xndt * delt + xnddt * (0.5 * _STEP * _STEP)
            atime += delt
            xldot, xndt, xnddt = _rates(c, atime, xli, xni)
        ft = t - atime
        longitude[j] = xli + xldot * ft + xndt * ft * ft * 0.5
        motion[j] = xni + xndt * ft + xnddt * ft * ft * 0.5


@jit(error_model="numpy")
def _mean_deep(w, minutes):
    """Deep-space lanes at one run time: secular terms, resonance, and the lunar-solar periodics not yet applied."""
    for b in range(_B):
        t = w[_FIRST + b] + minutes
        t2 = t * t
        no, irez = w[_DEEP_NO + b], w[_IREZ + b]
        argpm = w[_ARGPO + b] + w[_ARGPDOT + b] * t + w[_DOMDT + b] * t
        nodem = w[_NODEO + b] + w[_NODEDOT + b] * t + w[_NODECF + b] * t2 + w[_DNODT + b] * t
        mm = w[_MO + b] + w[_MDOT + b] * t + w[_DMDT + b] * t
        theta = _reduce(w[_GSTO + b] + t * _RPTIM)
        mm = w[_XL + b] - nodem - argpm + theta if irez == 1.0 else mm
        mm = w[_XL + b] - 2.0 * nodem + 2.0 * theta if irez == 2.0 else mm
        # The semi-major axis, (xke / nm)^(2/3), by Newton's method from a parabola: exact if nothing resonates.
        change = (w[_NM + b] - no) / no if irez > 0.0 else 0.0
        ratio = 1.0 - change * (2.0 / 3.0 - change * (5.0 / 9.0))
        square = (1.0 + change) * (1.0 + change)
        ratio -= ratio * (ratio * ratio * ratio * square - 1.0) * (1.0 / 3.0)
        ratio -= ratio * (ratio * ratio * ratio * square - 1.0) * (1.0 / 3.0)
        tempa = 1.0 - w[_CC1 + b] * t
        em = w[_DEEP_ECCO + b] + w[_DEDT + b] * t - w[_BCC4 + b] * t
        mean = em if em > 1.0e-6 else 1.0e-6
        mm += no * (w[_T2COF + b] * t2)
        xlm = _reduce(mm + argpm + nodem)
        nodem = _reduce(nodem)
        argpm = _reduce(argpm)

        zm = w[_ZMOS + b] + _ZNS * t
        sinzf, coszf = _sincos(zm + 2.0 * _ZES * _sincos(zm)[0])
        f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * coszf
        pe = w[_SE2 + b] * f2 + w[_SE3 + b] * f3
        pinc = w[_SI2 + b] * f2 + w[_SI3 + b] * f3
        pl = w[_SL2 + b] * f2 + w[_SL3 + b] * f3 + w[_SL4 + b] * sinzf
        pgh = w[_SGH2 + b] * f2 + w[_SGH3 + b] * f3 + w[_SGH4 + b] * sinzf
        ph = w[_SH2 + b] * f2 + w[_SH3 + b] * f3
        zm = w[_ZMOL + b] + _ZNL * t
        sinzf, coszf = _sincos(zm + 2.0 * _ZEL * _sincos(zm)[0])
        f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * coszf
        pe += w[_EE2 + b] * f2 + w[_E3 + b] * f3
        pinc += w[_XI2 + b] * f2 + w[_XI3 + b] * f3
        ep = mean + pe

        code = 3.0 if ep < 0.0 or ep > 1.0 else 0.0
        code = 1.0 if em >= 1.0 or em < -0.001 else code
        code = (
            FALLBACK_TO_REFERENCE
            if abs(tempa - 1.0) > _MAX_DRAG_CHANGE or abs(change) > _MAX_RESONANT_CHANGE
            else code
        )
        w[_CODE + b] = code if w[_CODE + b] == 0.0 else w[_CODE + b]
        w[_AM + b], w[_EM + b] = w[_DEEP_AO + b] * ratio * tempa * tempa, mean
        w[_EP + b], w[_NODEP + b], w[_ARGPP + b] = ep, nodem, argpm
        w[_MP + b] = _reduce(xlm - argpm - nodem)
        xincp = w[_INCLO + b] + w[_DIDT + b] * t + pinc
        w[_XINCP + b], w[_PINC + b] = xincp, pinc
        w[_SINIP + b], w[_COSIP + b] = _sincos(xincp)
        w[_PL + b] = pl + (w[_XL2 + b] * f2 + w[_XL3 + b] * f3 + w[_XL4 + b] * sinzf)
        w[_PGH + b] = pgh + (w[_XGH2 + b] * f2 + w[_XGH3 + b] * f3 + w[_XGH4 + b] * sinzf)
        w[_PH + b] = ph + (w[_XH2 + b] * f2 + w[_XH3 + b] * f3)


@jit(error_model="numpy")
def _periodics(w):
    """Apply the lunar-solar periodics of `_mean_deep`, up to Kepler's equation."""
    for b in range(_B):
        xincp, sinip, cosip = w[_XINCP + b], w[_SINIP + b], w[_COSIP + b]
        nodep, argpp, mp = w[_NODEP + b], w[_ARGPP + b], w[_MP + b]
        pinc, pl, pgh, ph = w[_PINC + b], w[_PL + b], w[_PGH + b], w[_PH + b]
        if xincp < _LYDDANE:
            sinop, cosop = _sincos(nodep)
            alfdp = sinip * sinop + (ph * cosop + pinc * cosip * sinop)
            betdp = sinip * cosop + (pinc * cosip * cosop - ph * sinop)
            # The longitude is kept and contains the node itself, so the turn of the node matters.
            xls = mp + argpp + pl + pgh + (cosip - pinc * sinip) * nodep
            before = nodep
            nodep = math.atan2(alfdp, betdp)
            if abs(before - nodep) > math.pi:
                nodep += math.copysign(_TWO_PI, before - nodep)
            w[_MP + b] = mp + pl
            w[_NODEP + b], w[_ARGPP + b] = nodep, xls - (mp + pl) - cosip * nodep
    for b in range(_B):
        xincp, sinip, cosip, ep = w[_XINCP + b], w[_SINIP + b], w[_COSIP + b], w[_EP + b]
        nodep, argpp, mp = w[_NODEP + b], w[_ARGPP + b], w[_MP + b]
        ph = w[_PH + b] / sinip
        direct = xincp >= _LYDDANE
        argpp = argpp + (w[_PGH + b] - cosip * ph) if direct else argpp
        nodep = nodep + ph if direct else nodep
        mp = mp + w[_PL + b] if direct else mp
        below = xincp < 0.0
        sinip = -sinip if below else sinip
        nodep = nodep + math.pi if below else nodep
        argpp = argpp - math.pi if below else argpp
        code = FALLBACK_TO_REFERENCE if cosip < _MIN_COSINE else 0.0
        w[_CODE + b] = code if w[_CODE + b] == 0.0 else w[_CODE + b]
        sinw, cosw = _sincos(argpp)
        axnl = ep * cosw
        temp = 1.0 / (w[_AM + b] * (1.0 - ep * ep))
        xlcof = -0.25 * J3_OVER_J2 * sinip * (3.0 + 5.0 * cosip) / (1.0 + cosip)
        w[_AXNL + b] = axnl
        w[_AYNL + b] = ep * sinw + temp * (-0.5 * J3_OVER_J2 * sinip)
        w[_U + b] = _reduce(mp + argpp + nodep + temp * xlcof * axnl - nodep)
        w[_SNOD + b], w[_CNOD + b] = _sincos(nodep)
        w[_SINIP + b] = sinip


@jit(error_model="numpy")
def _kepler(w):
    """Solve Kepler's equation in all lanes; each stops after its first correction below the tolerance.

    As in the library, sine and cosine are from before the last correction.
    """
    for b in range(_B):
        w[_EO1 + b] = w[_U + b]
        w[_ACTIVE + b] = 1.0
    for _ in range(10):
        for b in range(_B):
            axnl, aynl, eo1, active = w[_AXNL + b], w[_AYNL + b], w[_EO1 + b], w[_ACTIVE + b]
            sine, cosine = _sincos(eo1)
            step = (w[_U + b] - aynl * cosine + axnl * sine - eo1) / (1.0 - cosine * axnl - sine * aynl)
            step = 0.95 if step > 0.95 else step
            step = -0.95 if step < -0.95 else step
            w[_SINEO1 + b] = sine if active != 0.0 else w[_SINEO1 + b]
            w[_COSEO1 + b] = cosine if active != 0.0 else w[_COSEO1 + b]
            w[_EO1 + b] = eo1 + step if active != 0.0 else eo1
            w[_ACTIVE + b] = active if abs(step) >= _KEPLER_TOLERANCE else 0.0
        active_lanes = 0.0
        for b in range(_B):
            active_lanes += w[_ACTIVE + b]
        if active_lanes == 0.0:
            break


@jit(error_model="numpy", forceinline=True)
def _short_period(w, b):
    """A lane's orbit with short-period terms: sines and cosines of latitude, node and inclination, and the radius.

    Also, without short-period terms: esine, pl, rl, temp1, and sine and cosine of twice the latitude.
    """
    am, axnl, aynl = w[_AM + b], w[_AXNL + b], w[_AYNL + b]
    sineo1, coseo1, sinip, cosip = w[_SINEO1 + b], w[_COSEO1 + b], w[_SINIP + b], w[_COSIP + b]
    ecose = axnl * coseo1 + aynl * sineo1
    esine = axnl * sineo1 - aynl * coseo1
    el2 = axnl * axnl + aynl * aynl
    pl = am * (1.0 - el2)
    rl = am * (1.0 - ecose)
    betal = math.sqrt(1.0 - el2)
    temp = esine / (1.0 + betal)
    sinu = am / rl * (sineo1 - aynl - axnl * temp)
    cosu = am / rl * (coseo1 - axnl + aynl * temp)
    # The library takes the angle of (cosu, sinu); the pair has unit length except for rounding.
    scale = 1.0 / math.sqrt(sinu * sinu + cosu * cosu)
    sin2u = 2.0 * cosu * sinu
    cos2u = 1.0 - 2.0 * sinu * sinu
    temp1 = 0.5 * WGS72_J2 / pl
    temp2 = temp1 / pl
    cosisq = cosip * cosip
    mrt = rl * (1.0 - 1.5 * temp2 * betal * (3.0 * cosisq - 1.0)) + 0.5 * temp1 * (1.0 - cosisq) * cos2u
    latitude = _rotate(sinu * scale, cosu * scale, -0.25 * temp2 * (7.0 * cosisq - 1.0) * sin2u)
    node = _rotate(w[_SNOD + b], w[_CNOD + b], 1.5 * temp2 * cosip * sin2u)
    inclination = _rotate(sinip, cosip, 1.5 * temp2 * cosip * sinip * cos2u)
    return latitude, node, inclination, mrt, esine, pl, rl, temp1, sin2u, cos2u


@jit(error_model="numpy")
def _positions(w):
    """Short-period terms and the position in all lanes."""
    for b in range(_B):
        (sinsu, cossu), (snod, cnod), (sini, cosi), mrt, _, pl, _, _, _, _ = _short_period(w, b)
        code = 6.0 if mrt < 1.0 else 0.0
        # Not converged, too far below the ground, or NaN.
        known = pl >= _MIN_PARAMETER and w[_ACTIVE + b] == 0.0
        code = code if known else FALLBACK_TO_REFERENCE
        w[_CODE + b] = code if w[_CODE + b] == 0.0 else w[_CODE + b]
        radius = mrt * WGS72_RADIUS_KM
        w[_X + b] = radius * (cnod * cossu - snod * cosi * sinsu)
        w[_Y + b] = radius * (snod * cossu + cnod * cosi * sinsu)
        w[_Z + b] = radius * sini * sinsu


@jit(error_model="numpy")
def _velocities(w):
    """The velocity in all lanes, km/s, in the place of the position."""
    for b in range(_B):
        am, cosisq = w[_AM + b], w[_COSIP + b] * w[_COSIP + b]
        (sinsu, cossu), (snod, cnod), (sini, cosi), _, esine, pl, rl, temp1, sin2u, cos2u = _short_period(
            w, b
        )
        # SGP4's terms nm * temp1 / xke: nm is xke / am^(3/2).
        wave = temp1 / (am * math.sqrt(am))
        mvt = math.sqrt(am) * esine / rl - wave * (1.0 - cosisq) * sin2u
        rvdot = math.sqrt(pl) / rl + wave * ((1.0 - cosisq) * cos2u + 1.5 * (3.0 * cosisq - 1.0))
        mvt, rvdot = mvt * (WGS72_RADIUS_KM * XKE / 60.0), rvdot * (WGS72_RADIUS_KM * XKE / 60.0)
        w[_X + b] = mvt * (cnod * cossu - snod * cosi * sinsu) - rvdot * (cnod * sinsu + snod * cosi * cossu)
        w[_Y + b] = mvt * (snod * cossu + cnod * cosi * sinsu) - rvdot * (snod * sinsu - cnod * cosi * cossu)
        w[_Z + b] = mvt * sini * sinsu + rvdot * sini * cossu


@jit(error_model="numpy")
def _load(w, constants, first_minutes, objects):
    """Fill a block with up to _B objects; remaining lanes repeat the last."""
    for b in range(_B):
        k = objects[min(b, objects.shape[0] - 1)]
        for row in range(constants.shape[1]):
            w[(_CONSTANTS + row) * _B + b] = constants[k, row]
        w[_FIRST + b] = first_minutes[min(b, objects.shape[0] - 1)]
        w[_CODE + b] = 0.0


@jit(error_model="numpy")
def _finish(w, columns, positions, motions, j):
    """From Kepler's equation to positions[j, :, columns], and to motions[j, :, columns] if they are wanted."""
    _kepler(w)
    _positions(w)
    for axis, row in enumerate((_X, _Y, _Z)):
        for b in range(columns.shape[0]):
            positions[j, axis, columns[b]] = w[row + b]
    if motions.shape[0] > 0:
        _velocities(w)
        for axis, row in enumerate((_X, _Y, _Z, _AM, _EM)):
            for b in range(columns.shape[0]):
                motions[j, axis, columns[b]] = w[row + b]


@jit(error_model="numpy", arguments=_ARGUMENTS)
def near_earth_positions(constants, first_minutes, minutes, rows, columns, positions, motions, codes):
    """SGP4 positions of near-Earth objects at t common times, written into chosen columns of positions and codes.

    constants (N, 29): of `near_earth_constants`; rows (n,): the object of each column; first_minutes (n,): minutes
    from the epoch of each to run time zero; minutes (t,): run time; columns (m,): those to write; positions (t, 3, n)
    km TEME; motions (t, 5, n), or (0, 5, 0) if not wanted: velocity km/s TEME, and semi-major axis (Earth radii) and
    eccentricity after the secular terms; codes (n,): the first SGP4 error met, FALLBACK_TO_REFERENCE, or 0.
    """
    w = np.zeros(_ROWS * _B)
    for start in range(0, columns.shape[0], _B):
        block = columns[start : start + _B]
        _load(w, constants, first_minutes[block], rows[block])
        for j in range(minutes.shape[0]):
            _mean_near(w, minutes[j])
            _finish(w, block, positions, motions, j)
        for b in range(block.shape[0]):
            codes[block[b]] = np.uint8(w[_CODE + b])


@jit(error_model="numpy", arguments=_ARGUMENTS)
def deep_space_positions(constants, first_minutes, minutes, rows, columns, positions, motions, codes):
    """SGP4 positions of deep-space objects: as `near_earth_positions`, constants (N, 59) of `deep_space_constants`.

    Times in any order; fastest ascending.
    """
    w = np.zeros(_ROWS * _B)
    times = minutes.shape[0]
    longitudes, speeds = np.zeros((_B, times)), np.zeros((_B, times))
    for start in range(0, columns.shape[0], _B):
        block = columns[start : start + _B]
        _load(w, constants, first_minutes[block], rows[block])
        for b in range(block.shape[0]):
            c, first = constants[rows[block[b]]], first_minutes[block[b]]
            if c[_RESONANCE + 1] == 0.0:
                continue
            # Times before the epoch are processed backwards from the epoch, in the direction of the integrator.
            before = 0
            while before < times and first + minutes[before] < 0.0:
                before += 1
            _resonance(c, first, minutes, before - 1, -1, -1, longitudes[b], speeds[b])
            _resonance(c, first, minutes, before, times, 1, longitudes[b], speeds[b])
        for j in range(times):
            for b in range(block.shape[0]):
                w[_XL + b], w[_NM + b] = longitudes[b, j], speeds[b, j]
            _mean_deep(w, minutes[j])
            _periodics(w)
            _finish(w, block, positions, motions, j)
        for b in range(block.shape[0]):
            codes[block[b]] = np.uint8(w[_CODE + b])
