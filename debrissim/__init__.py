"""Space-debris collision risk: what will a spacecraft meet, how close, how fast, with what probability?

    import debrissim as ds

    result = ds.run(ds.load_scenario("scenarios/iss_week.toml"))
    result.write("results/iss_week")

The names below are the public ones. Each is loaded when it is first asked for: `import debrissim` costs
nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debrissim.assessment import Assessment, Totals, assess_encounters
    from debrissim.catalog import (
        Catalog,
        CatalogFile,
        ObjectKind,
        bundled_population,
        fit_population,
        latest_at,
        read_catalog,
        read_population,
        select_objects,
        synthesize,
        with_default_sizes,
        write_omm_csv,
    )
    from debrissim.cdm import Conjunction, cdm_kvn, cdm_xml, read_cdm, read_cdm_summaries
    from debrissim.errors import DebrissimError, InputError, RunError
    from debrissim.hazard.ballistic_limits import Shield, shield_named
    from debrissim.hazard.breakup import Breakup, Fragments, collision, explosion
    from debrissim.hazard.breakup_counts import count_range
    from debrissim.hazard.cloud import Cloud, Parent, cloud_of
    from debrissim.hazard.debris_flux import DebrisFlux
    from debrissim.hazard.impact import impact
    from debrissim.hazard.meteoroids import MeteoroidFlux
    from debrissim.hazard.penetration import debris_source, meteoroid_source, penetrations
    from debrissim.hazard.single_wall import SingleWall, WallMaterial
    from debrissim.hazard.stuffed_whipple import StuffedWhipple
    from debrissim.hazard.surfaces import CylinderSide, Plate, Tumbling
    from debrissim.hazard.whipple import WhippleNno
    from debrissim.pc import PcReport, pc_reports
    from debrissim.probability.collision import CollisionProbability, assess, cumulative_probability
    from debrissim.propagation.mean_elements import MeanElements, bstar_of, mean_elements
    from debrissim.replot import draw_plots
    from debrissim.results import SimulationResult
    from debrissim.scenario import Scenario, load_scenario, parse_scenario
    from debrissim.screening.colocation import CoLocationRule
    from debrissim.screening.encounters import Encounters
    from debrissim.screening.executors import Processes, Threads
    from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
    from debrissim.screening.volumes import PRESETS, ScreeningVolume, box, sphere
    from debrissim.simulation import run
    from debrissim.uncertainty.element_set_error import ElementSetErrorModel, model_named

    __version__: str

__all__ = [
    "PRESETS",
    "Assessment",
    "Breakup",
    "Catalog",
    "CatalogFile",
    "Cloud",
    "CoLocationRule",
    "CollisionProbability",
    "Conjunction",
    "CylinderSide",
    "DebrisFlux",
    "DebrissimError",
    "ElementSetErrorModel",
    "Encounters",
    "Fragments",
    "InputError",
    "MeanElements",
    "MeteoroidFlux",
    "ObjectKind",
    "Parent",
    "PcReport",
    "Plate",
    "Processes",
    "RunError",
    "Scenario",
    "ScreeningResult",
    "ScreeningSettings",
    "ScreeningVolume",
    "Shield",
    "SimulationResult",
    "SingleWall",
    "StuffedWhipple",
    "Threads",
    "Totals",
    "Tracking",
    "Tumbling",
    "WallMaterial",
    "WhippleNno",
    "__version__",
    "assess",
    "assess_encounters",
    "box",
    "bstar_of",
    "bundled_population",
    "cdm_kvn",
    "cdm_xml",
    "cloud_of",
    "collision",
    "count_range",
    "cumulative_probability",
    "debris_source",
    "draw_plots",
    "explosion",
    "fit_population",
    "impact",
    "latest_at",
    "load_scenario",
    "mean_elements",
    "meteoroid_source",
    "model_named",
    "parse_scenario",
    "pc_reports",
    "penetrations",
    "read_catalog",
    "read_cdm",
    "read_cdm_summaries",
    "read_population",
    "run",
    "screen",
    "select_objects",
    "shield_named",
    "sphere",
    "synthesize",
    "track",
    "with_default_sizes",
    "write_omm_csv",
]

_HOMES = {
    "assessment": ("Assessment", "Totals", "assess_encounters"),
    "catalog": (
        "Catalog",
        "CatalogFile",
        "ObjectKind",
        "bundled_population",
        "fit_population",
        "latest_at",
        "read_catalog",
        "read_population",
        "select_objects",
        "synthesize",
        "with_default_sizes",
        "write_omm_csv",
    ),
    "cdm": ("Conjunction", "cdm_kvn", "cdm_xml", "read_cdm", "read_cdm_summaries"),
    "errors": ("DebrissimError", "InputError", "RunError"),
    "hazard.ballistic_limits": ("Shield", "shield_named"),
    "hazard.debris_flux": ("DebrisFlux",),
    "hazard.cloud": ("Cloud", "Parent", "cloud_of"),
    "hazard.breakup": ("Breakup", "Fragments", "collision", "explosion"),
    "hazard.breakup_counts": ("count_range",),
    "hazard.impact": ("impact",),
    "hazard.meteoroids": ("MeteoroidFlux",),
    "hazard.penetration": ("debris_source", "meteoroid_source", "penetrations"),
    "hazard.single_wall": ("SingleWall", "WallMaterial"),
    "hazard.stuffed_whipple": ("StuffedWhipple",),
    "hazard.surfaces": ("CylinderSide", "Plate", "Tumbling"),
    "hazard.whipple": ("WhippleNno",),
    "pc": ("PcReport", "pc_reports"),
    "probability.collision": ("CollisionProbability", "assess", "cumulative_probability"),
    "propagation.mean_elements": ("MeanElements", "bstar_of", "mean_elements"),
    "replot": ("draw_plots",),
    "results": ("SimulationResult",),
    "scenario": ("Scenario", "load_scenario", "parse_scenario"),
    "screening.colocation": ("CoLocationRule",),
    "screening.encounters": ("Encounters",),
    "screening.executors": ("Processes", "Threads"),
    "screening.screen": ("ScreeningResult", "ScreeningSettings", "screen"),
    "screening.volumes": ("PRESETS", "ScreeningVolume", "box", "sphere"),
    "simulation": ("run",),
    "tracking": ("Tracking", "track"),
    "uncertainty.element_set_error": ("ElementSetErrorModel", "model_named"),
}
_HOME_OF = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
