"""The population of a study: a catalogue file, or a bundled statistical population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field, model_validator

from debrissim.catalog import (
    Catalog,
    bundled_population,
    catalog_epoch,
    days_since,
    join_sizes,
    latest_before,
    read_catalog,
    size_is_default,
    with_default_sizes,
)
from debrissim.catalog.population.model import BUNDLED_POPULATIONS
from debrissim.catalog.population.synthesis import synthesize
from debrissim.core.errors import ScenarioError
from debrissim.core.memory import require_memory
from debrissim.core.time import split_julian_date, utc_datetime
from debrissim.hazard.station.collision_rate import independent_objects
from debrissim.scenario.fields import NameIn, Positive, ScenarioTable

# Measured: 300,000 objects of a risk map take 370 MB.
OBJECT_BYTES = 1500


class PopulationSource(ScenarioTable):
    """A catalogue file, or a bundled statistical population: exactly one of the two."""

    old_keys: ClassVar = {"greatest_age_days": "max_age_days"}

    file: Path | None = Field(None, description="catalogue file: TLE, 3LE or OMM")
    population: Annotated[str, NameIn(lambda: BUNDLED_POPULATIONS)] | None = Field(
        None,
        description="a statistical population that comes with debrissim: of November 2024, or of January 2022 without "
        "the fragments of Cosmos 1408",
    )
    count: Annotated[int, Field(ge=1, strict=True)] | None = Field(
        None, description="objects to sample from the population, by default as many as it was fitted to"
    )
    sizes: Path | None = Field(None, description="CSV of hard-body radii by catalogue number")
    max_age_days: Positive = Field(
        30.0, description="element sets farther than this from the catalogue's epoch are left out"
    )

    @model_validator(mode="after")
    def _one_source(self) -> PopulationSource:
        if (self.file is None) == (self.population is None):
            raise ValueError("expected either file or population")
        if self.count is not None and self.population is None:
            raise ValueError("count: only with population")
        return self


@dataclass(frozen=True, eq=False)
class Population:
    """The objects of a study.

    catalog: usable element sets, sizes filled in; objects: those of them that neither fly with crewed stations nor were
    released by the ISS. epoch_jd, epoch_fraction: the instant it represents, UTC. label: its name in tables; synthetic:
    sampled from a statistical model. stale_count: element sets left out for their age. default_size_count: objects with
    the radius of their class, for want of their own.
    """

    catalog: Catalog
    objects: Catalog
    epoch_jd: float
    epoch_fraction: float
    label: str
    synthetic: bool
    stale_count: int
    default_size_count: int

    @property
    def epoch_year(self) -> float:
        """The epoch as a year with fraction."""
        moment = utc_datetime(self.epoch_jd, self.epoch_fraction)
        return moment.year + (moment.timetuple().tm_yday - 1) / 365.25

    def record(self) -> dict[str, Any]:
        """The provenance of the population, for the method in a study's summary."""
        moment = utc_datetime(self.epoch_jd, self.epoch_fraction, decimals=0)
        return {
            "label": self.label,
            "epoch_utc": moment.replace(tzinfo=None).isoformat() + "Z",
            "object_count": len(self.catalog),
            "independent_object_count": len(self.objects),
            "stale_count": self.stale_count,
            "default_size_count": self.default_size_count,
            "synthetic": self.synthetic,
        }


def load_population(
    source: PopulationSource, located: Callable[[Path], Path], seed: int, key: str
) -> Population:
    """Read or sample a population.

    located: resolves a path of the scenario; key: of the scenario, for errors. Raises InputError naming a file that
    cannot be read, ScenarioError for one without a usable element set.
    """
    if source.file is not None:
        catalog = read_catalog(located(source.file)).catalog
        if len(catalog) == 0:
            raise ScenarioError(f"{key}.file: {source.file} holds no usable element set")
        epoch = catalog_epoch(catalog)
        catalog, _ = latest_before([catalog], *epoch)
        label = source.file.name
    else:
        assert source.population is not None
        model = bundled_population(source.population)
        epoch = split_julian_date(datetime.fromisoformat(model.source_epoch_utc))
        rng = np.random.default_rng([seed, 0])
        require_memory(f"{key}.count", source.count or model.object_count, OBJECT_BYTES, "objects")
        catalog = synthesize(model, source.count or model.object_count, rng, *epoch)
        label = f"SYNTHETIC: {model.title}"
    fresh = np.abs(days_since(catalog, *epoch)) <= source.max_age_days
    usable = catalog[fresh]
    if source.sizes is not None:
        usable = join_sizes(usable, located(source.sizes))
    assumed = int(np.count_nonzero(size_is_default(usable)))
    usable = with_default_sizes(usable)
    return Population(
        catalog=usable,
        objects=usable[independent_objects(usable)],
        epoch_jd=epoch[0],
        epoch_fraction=epoch[1],
        label=label,
        synthetic=bool(usable.synthetic.any()),
        stale_count=int(np.count_nonzero(~fresh)),
        default_size_count=assumed,
    )
