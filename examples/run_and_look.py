"""
Run a scenario, and look again
==============================

Run it, write its results, open them later, and query them.
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
# Later: the same tables, without running anything again.
later = ds.open_results(folder)
frame = later.encounters.to_polars().filter(pl.col("collision_probability") > 1e-7)
print(frame.select("tca_utc", "secondary_name", "miss_distance_km", "collision_probability"))
span = later.provenance["span"]
print(f"cumulative probability {later.totals.cumulative_probability:.1e}")
print("from", span["start_utc"], "to", span["end_utc"])

# %%
# One encounter's curve, and the figures that were written. `later.open_report()` shows the page in a browser.
print(later.encounters.ranked()[0].curves.dilution[::40])
print([path.name for path in later.figures.values()])
