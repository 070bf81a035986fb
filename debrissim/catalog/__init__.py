"""Catalogues of element sets: read, classify, merge, select, size, describe, write."""

from debrissim.catalog.catalog import (
    FIRST_SYNTHETIC_NUMBER,
    Catalog,
    ObjectKind,
    catalog_epoch,
    days_since,
    latest_before,
)
from debrissim.catalog.filters import select_objects
from debrissim.catalog.kinds import classify
from debrissim.catalog.omm_csv import write_omm_csv
from debrissim.catalog.population.density import spatial_density_per_km3
from debrissim.catalog.population.fit import fit_population
from debrissim.catalog.population.flux import flux_on_orbit_per_m2_year
from debrissim.catalog.population.model import PopulationModel, bundled_population, read_population
from debrissim.catalog.population.synthesis import synthesize
from debrissim.catalog.read import CatalogFile, parse_catalog, read_catalog
from debrissim.catalog.records import Rejection
from debrissim.catalog.sizes import DEFAULT_SIZES, join_sizes, size_is_default, with_default_sizes
from debrissim.catalog.summary import CatalogSummary, summarize_catalog

__all__ = [
    "DEFAULT_SIZES",
    "FIRST_SYNTHETIC_NUMBER",
    "Catalog",
    "CatalogFile",
    "CatalogSummary",
    "ObjectKind",
    "PopulationModel",
    "Rejection",
    "bundled_population",
    "catalog_epoch",
    "classify",
    "days_since",
    "fit_population",
    "flux_on_orbit_per_m2_year",
    "join_sizes",
    "latest_before",
    "parse_catalog",
    "read_catalog",
    "read_population",
    "select_objects",
    "size_is_default",
    "spatial_density_per_km3",
    "summarize_catalog",
    "synthesize",
    "with_default_sizes",
    "write_omm_csv",
]
