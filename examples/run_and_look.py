"""
Run a scenario, and look again
==============================

Run it, write its results, open them on another day, and query them.
"""

import tempfile
from pathlib import Path

import polars as pl

import debrissim as ds

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
folder = Path(tempfile.mkdtemp()) / "iridium_cosmos_2009"

result = ds.run(SCENARIOS / "iridium_cosmos_2009.toml")
print(result)
result = result.write(folder)

# %%
# On another day: the same tables, without running anything again.
later = ds.open_results(folder)
print(later.encounters.to_polars().filter(pl.col("collision_probability") > 1e-7))
print(later.totals.cumulative_probability, later.provenance["span"])
print(later.encounters.ranked()[0].curves.dilution)
print(later.figures["encounter_planes"])
# later.open_report() shows the page in a browser.
