"""The pages of the most probable event: how much of its Pc is the errors, the hard body, the moment."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures import cumulative_pc, dilution_curve, hbr_sensitivity

_PANEL = (0.1, 0.25, 0.82, 0.56)
_PANEL_WITHOUT_LEGEND = (0.1, 0.17, 0.86, 0.64)
_NAME_LENGTH = 60


@dataclass(frozen=True, eq=False)
class TopEvent:
    """One event and its curves.

    probability: as in the table, by `method`; maximum_probability at maximum_scale on every sigma; hard_body_radius_km
    combined; miss_km projected. Curves: dilution_probability (k,) at scale (k,); radius_probability (k,) at
    radius_km (k,); cumulative (k,) at time_s (k,) s from TCA. sigma_range: factors on sigma taken for plausible.
    note: what limits the last curve, or "".
    """

    label: str
    method: str
    probability: float
    maximum_probability: float
    maximum_scale: float
    hard_body_radius_km: float
    miss_km: float
    sigma_range: tuple[float, float]
    scale: Array
    dilution_probability: Array
    radius_km: Array
    radius_probability: Array
    time_s: Array
    cumulative: Array
    note: str


def dilution(figure: Figure, event: TopEvent, yellow: float, red: float) -> None:
    """Pc against the size of the errors."""
    dilution_curve.draw_dilution_curve(
        _panel(figure, event),
        event.scale,
        event.dilution_probability,
        event_probability=event.probability,
        maximum_probability=event.maximum_probability,
        maximum_scale=event.maximum_scale,
        sigma_range=event.sigma_range,
        yellow=yellow,
        red=red,
    )
    handles = dilution_curve.legend_handles(
        event.probability, event.maximum_probability, event.maximum_scale, yellow
    )
    style.bottom_legend(figure, handles)


def hard_body(figure: Figure, event: TopEvent, yellow: float, red: float) -> None:
    """Pc against the hard-body radius."""
    hbr_sensitivity.draw_hbr_sensitivity(
        _panel(figure, event),
        event.radius_km,
        event.radius_probability,
        hard_body_radius_km=event.hard_body_radius_km,
        event_probability=event.probability,
        miss_km=event.miss_km,
        yellow=yellow,
        red=red,
    )
    handles = hbr_sensitivity.legend_handles(event.hard_body_radius_km, event.probability)
    style.bottom_legend(figure, handles)


def accumulation(figure: Figure, event: TopEvent, _yellow: float, _red: float) -> None:
    """Pc against time through the encounter."""
    cumulative_pc.draw_cumulative_pc(
        _panel(figure, event, _PANEL_WITHOUT_LEGEND),
        event.time_s,
        event.cumulative,
        probability=event.probability,
        note=event.note,
    )


def _panel(figure: Figure, event: TopEvent, place: tuple[float, float, float, float] = _PANEL) -> Axes:
    ax = figure.add_axes(place)
    label = style.shorten(style.printable(event.label), _NAME_LENGTH)
    # An explicit y spares matplotlib measuring every tick label to place the title.
    ax.set_title(f"{label}, by {event.method}", loc="left", y=1.02, pad=0.0, parse_math=False)
    return ax
