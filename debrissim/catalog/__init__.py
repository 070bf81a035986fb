"""Catalogues of element sets: read, classify, merge, select, size, describe, write."""

from debrissim.catalog.density import spatial_density_per_km3
from debrissim.catalog.elements import FIRST_SYNTHETIC_NUMBER, Catalog, ObjectKind, concatenate
from debrissim.catalog.filters import select_objects
from debrissim.catalog.flux import flux_on_orbit_per_m2_year
from debrissim.catalog.kinds import classify
from debrissim.catalog.merge import catalog_epoch, days_since, latest_at
from debrissim.catalog.population import PopulationModel, bundled_population, read_population
from debrissim.catalog.population_fit import fit_population
from debrissim.catalog.read import CatalogFile, parse_catalog, read_catalog
from debrissim.catalog.records import Rejection
from debrissim.catalog.sizes import DEFAULT_SIZES, join_sizes, size_is_default, with_default_sizes
from debrissim.catalog.summary import CatalogSummary, describe
from debrissim.catalog.synthesis import synthesize
from debrissim.catalog.write import write_omm_csv

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
    "concatenate",
    "days_since",
    "describe",
    "fit_population",
    "flux_on_orbit_per_m2_year",
    "join_sizes",
    "latest_at",
    "parse_catalog",
    "read_catalog",
    "read_population",
    "select_objects",
    "size_is_default",
    "spatial_density_per_km3",
    "synthesize",
    "with_default_sizes",
    "write_omm_csv",
]
