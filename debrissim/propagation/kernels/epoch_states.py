"""SGP4's position and velocity at the epoch of an element set, where drag and resonance have no effect yet.

Source: Hoots & Roehrich 1980, Spacetrack Report #3, with the corrections of Vallado et al. 2006, "Revisiting
Spacetrack Report #3"; variable names are those of the reports. The kernels of `sgp4` give positions at any time;
this one gives position and velocity at time zero, where the secular terms vanish and a short kernel suffices.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.constants import WGS72_J2, WGS72_RADIUS_KM
from debrissim.core.jit import jit
from debrissim.propagation.kernels.deep_space import MOON, SUN
from debrissim.propagation.kernels.near_earth import J3_OVER_J2, XKE

_TWO_PI = 2.0 * math.pi
# Eccentricity of the apparent orbits of Sun and Moon, and the inclination below which Lyddane's formulae are used.
_ZES, _ZEL = 0.01675, 0.05490
_LYDDANE = 0.2


@jit(error_model="numpy")
def _periodics_of(row, body, ze):
    """The lunar-solar periodics of one body: of e, i, l, g and h (the last two not yet divided by the inclination)."""
    zm = row[body]
    zf = zm + 2.0 * ze * math.sin(zm)
    sinzf = math.sin(zf)
    f2, f3 = 0.5 * sinzf * sinzf - 0.25, -0.5 * sinzf * math.cos(zf)
    c = row[body + 1 :]
    return (
        c[0] * f2 + c[1] * f3,
        c[2] * f2 + c[3] * f3,
        c[4] * f2 + c[5] * f3 + c[6] * sinzf,
        c[7] * f2 + c[8] * f3 + c[9] * sinzf,
        c[10] * f2 + c[11] * f3,
    )


@jit(error_model="numpy")
def _perturbed(deep, ep, xincp, nodep, argpp, mp):
    """Elements with the lunar-solar periodics at the epoch applied (dpper): e, i, node, perigee, mean anomaly."""
    ses, sis, sls, sghs, shs = _periodics_of(deep, SUN, _ZES)
    sel, sil, sll, sghl, shll = _periodics_of(deep, MOON, _ZEL)
    pinc, pl, pgh, ph = sis + sil, sls + sll, sghs + sghl, shs + shll
    xincp += pinc
    ep += ses + sel
    sinip, cosip = math.sin(xincp), math.cos(xincp)
    if xincp >= _LYDDANE:
        ph /= sinip
        argpp += pgh - cosip * ph
        nodep += ph
        mp += pl
    else:
        sinop, cosop = math.sin(nodep), math.cos(nodep)
        alfdp = sinip * sinop + (ph * cosop + pinc * cosip * sinop)
        betdp = sinip * cosop + (pinc * cosip * cosop - ph * sinop)
        nodep = np.fmod(nodep, _TWO_PI)
        xls = mp + argpp + pl + pgh + (cosip - pinc * sinip) * nodep
        before = nodep
        nodep = math.atan2(alfdp, betdp)
        if abs(before - nodep) > math.pi:
            nodep += math.copysign(_TWO_PI, before - nodep)
        mp += pl
        argpp = xls - mp - cosip * nodep
    if xincp < 0.0:
        xincp, nodep, argpp = -xincp, nodep + math.pi, argpp - math.pi
    return ep, xincp, nodep, argpp, mp


@jit(error_model="numpy")
def _state(am, ep, xincp, nodep, argpp, mp, out):
    """Long- and short-period terms of near-Earth elements and the state (6,) km, km/s; returns SGP4's code."""
    sinip, cosip = math.sin(xincp), math.cos(xincp)
    axnl = ep * math.cos(argpp)
    temp = 1.0 / (am * (1.0 - ep * ep))
    aynl = ep * math.sin(argpp) + temp * (-0.5 * J3_OVER_J2 * sinip)
    one_plus = 1.0 + cosip if abs(cosip + 1.0) > 1.5e-12 else 1.5e-12
    xlcof = -0.25 * J3_OVER_J2 * sinip * (3.0 + 5.0 * cosip) / one_plus
    u = np.fmod(mp + argpp + temp * xlcof * axnl, _TWO_PI)
    eo1, sineo1, coseo1 = u, 0.0, 1.0
    for _ in range(10):
        sineo1, coseo1 = math.sin(eo1), math.cos(eo1)
        step = (u - aynl * coseo1 + axnl * sineo1 - eo1) / (1.0 - coseo1 * axnl - sineo1 * aynl)
        step = min(max(step, -0.95), 0.95)
        eo1 += step
        if abs(step) < 1e-12:
            break
    ecose = axnl * coseo1 + aynl * sineo1
    esine = axnl * sineo1 - aynl * coseo1
    el2 = axnl * axnl + aynl * aynl
    pl = am * (1.0 - el2)
    if pl < 0.0 or not el2 < 1.0:
        return 4
    rl = am * (1.0 - ecose)
    betal = math.sqrt(1.0 - el2)
    temp = esine / (1.0 + betal)
    sinu = am / rl * (sineo1 - aynl - axnl * temp)
    cosu = am / rl * (coseo1 - axnl + aynl * temp)
    su = math.atan2(sinu, cosu)
    sin2u, cos2u = 2.0 * cosu * sinu, 1.0 - 2.0 * sinu * sinu
    temp1 = 0.5 * WGS72_J2 / pl
    temp2 = temp1 / pl
    cosisq = cosip * cosip
    con41, x1mth2 = 3.0 * cosisq - 1.0, 1.0 - cosisq
    mrt = rl * (1.0 - 1.5 * temp2 * betal * con41) + 0.5 * temp1 * x1mth2 * cos2u
    su -= 0.25 * temp2 * (7.0 * cosisq - 1.0) * sin2u
    xnode = nodep + 1.5 * temp2 * cosip * sin2u
    xinc = xincp + 1.5 * temp2 * cosip * sinip * cos2u
    nm = XKE / am**1.5
    mvt = math.sqrt(am) * esine / rl - nm * temp1 * x1mth2 * sin2u / XKE
    rvdot = math.sqrt(pl) / rl + nm * temp1 * (x1mth2 * cos2u + 1.5 * con41) / XKE
    sinsu, cossu, snod, cnod = math.sin(su), math.cos(su), math.sin(xnode), math.cos(xnode)
    sini, cosi = math.sin(xinc), math.cos(xinc)
    ux, uy, uz = cnod * cossu - snod * cosi * sinsu, snod * cossu + cnod * cosi * sinsu, sini * sinsu
    vx, vy, vz = -cnod * sinsu - snod * cosi * cossu, -snod * sinsu + cnod * cosi * cossu, sini * cossu
    length, speed = mrt * WGS72_RADIUS_KM, WGS72_RADIUS_KM * XKE / 60.0
    out[0], out[1], out[2] = length * ux, length * uy, length * uz
    out[3], out[4], out[5] = (
        speed * (mvt * ux + rvdot * vx),
        speed * (mvt * uy + rvdot * vy),
        speed * (mvt * uz + rvdot * vz),
    )
    return 6 if mrt < 1.0 else 0


@jit(error_model="numpy")
def epoch_states(near, elements, deep_row, deep, out, codes):
    """States (n, 6) km, km/s at the epochs of n element sets into out, SGP4's codes into codes.

    near (n, 29), elements (n, 7): of `near_earth_constants`; deep_row (n,): the row of each object in deep (d, 59), the
    constants of `deep_space_constants`, or -1 for a near-Earth object. States with a code other than 0 are meaningless,
    except 6 (below the ground), where they are still SGP4's.
    """
    for k in range(near.shape[0]):
        no, ecco, ao = near[k, 22], near[k, 23], near[k, 24]
        mp, argpp, nodep, xincp = near[k, 0], near[k, 2], near[k, 4], elements[k, 2]
        if not (no > 0.0 and ecco < 1.0):
            codes[k] = 2 if not no > 0.0 else 1
            out[k] = np.nan
            continue
        ep = max(ecco, 1e-6)
        if deep_row[k] >= 0:
            ep, xincp, nodep, argpp, mp = _perturbed(deep[deep_row[k]], ep, xincp, nodep, argpp, mp)
            if ep < 0.0 or ep > 1.0:
                codes[k] = 3
                out[k] = np.nan
                continue
        codes[k] = _state(ao, ep, xincp, nodep, argpp, mp, out[k])
        if codes[k] == 4:
            out[k] = np.nan
