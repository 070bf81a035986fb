"""
Look at a catalogue
===================

Read it, filter it, and look up one object.
"""

import tempfile
from pathlib import Path

import debrissim as ds

# A file from CelesTrak would work as well; this one is synthetic, so that the example needs no download.
path = Path(tempfile.mkdtemp()) / "gp.csv"
ds.catalog.write_omm_csv(ds.synthetic_catalog(2000), path)

catalog = ds.read_catalog(str(path))
print(catalog)
print(len(catalog.rejected), "records rejected")

# %%
# Filter it.
debris = catalog.filter(kind="debris", perigee_km=(400, 600))
print(debris)
print(debris.to_pandas().inclination_deg.describe())

# %%
# Look up one object.
first = catalog[0]  # by row
number = int(first.norad_id[0])
print(catalog.loc[number].epoch)  # by catalogue number; by name: catalog.loc["ISS (ZARYA)"]
