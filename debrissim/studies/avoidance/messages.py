"""The burn of the answer as messages for other programs: OEM, OCM, and OPM where the mass is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from debrissim.core.files import replace_text
from debrissim.maneuvers.avoid import Avoidance
from debrissim.maneuvers.messages import Mass, burn_messages
from debrissim.results.own_files import BURN_MESSAGES
from debrissim.studies.study import StudyResult


@dataclass(frozen=True, eq=False, repr=False)
class AvoidanceResult(StudyResult):
    """The result of an avoidance study, with the messages of the burn of its answer by the ending of their file."""

    messages: Mapping[str, str] = field(default_factory=dict)

    def _write_other_files(self, folder: Path) -> None:
        if self.messages:
            (folder / BURN_MESSAGES).mkdir(exist_ok=True)
        for ending, text in self.messages.items():
            replace_text(folder / BURN_MESSAGES / f"burn.{ending}", text)


def answer_messages(result: Avoidance, number: int | None) -> dict[str, str]:
    """The messages of a candidate by its number, from 1; none for None, or without a trajectory before the burn.

    The trajectory begins a revolution before the burn and ends with the span.
    """
    if number is None:
        return {}
    found = result.found
    event, mass_kg = found.event, found.mass_kg
    burns = result.candidates.burns[np.array([number - 1])]
    begin_s = max(event.primary.limits_s[0], float(burns.time_s[0]) - result.reference.period_s)
    end_s = min(event.primary.limits_s[1], result.end_s)
    if not begin_s < float(burns.time_s[0]) <= float(burns.end_s[0]) < end_s:
        return {}
    thruster = result.plan.thruster
    mass = None
    if thruster is not None:
        mass = Mass(thruster.mass_kg, float(thruster.propellant_kg(burns.size_m_s)[0]))
    elif mass_kg is not None:
        mass = Mass(mass_kg)
    return burn_messages(
        event, event.primary.after(burns), 0, (begin_s, end_s), mass=mass, designator=found.designator
    )
