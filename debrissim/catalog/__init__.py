"""Catalogues of element sets: read, classify, merge, select, size, summarize, synthesize, write.

| name                                     | meaning                                                             |
|------------------------------------------|---------------------------------------------------------------------|
| `read_catalog`, `parse_catalog`          | a catalogue from a file or text: TLE, 3LE or OMM, compressed or not |
| `CatalogFile`, `Rejection`               | its objects and the records that could not be read                  |
| `Catalog`, `ObjectKind`, `RcsSize`       | the table of element sets, kinds of objects, radar cross-sections   |
| `Origin`, `internal_numbers`             | where an object comes from, and numbers that no catalogue can have  |
| `identifier`, `identifier_order`,        | the text of an object's number, in order, with or in place of its   |
| `object_label`, `names_or_identifiers`   | name                                                                |
| `catalog_epoch`, `days_since`            | the epoch of a catalogue, and ages of element sets                  |
| `latest_before`                          | one element set per object from several catalogues                  |
| `separate_shared_numbers`                | two objects under one number become two                             |
| `select_objects`, `classify`             | filters, and the kind of each object by its name                    |
| `summarize_catalog`, `CatalogSummary`    | counts and altitudes                                                |
| `join_sizes`, `with_default_sizes`,      | radii and masses, from a table or by class                          |
| `size_is_default`, `mass_is_default`,    |                                                                     |
| `SizeGroup`, `size_group`,               |                                                                     |
| `DEFAULT_SIZES`                          |                                                                     |
| `read_satcat`, `join_satcat`, `Satcat`   | the satellite catalogue: kinds, owners, decays, radii               |
| `write_omm_csv`                          | write a catalogue as CSV                                            |
| `bundled_population`, `read_population`, | statistical populations of objects, and their fit to a catalogue    |
| `fit_population`, `PopulationModel`      |                                                                     |
| `synthesize`                             | synthetic objects sampled from a population                         |
| `spatial_density_per_km3`,               | density of objects over altitude, and their flux on an orbit        |
| `flux_on_orbit_per_m2_year`              |                                                                     |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
