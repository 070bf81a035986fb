"""
A study
=======

Another kind of scenario: from its file, and from Python.
"""

from pathlib import Path

import debrissim as ds

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"

flux = ds.run(SCENARIOS / "iss_flux.toml")
print(flux)
print(flux.headline["over_published"])
print(flux.tables["flux"].to_pandas())

# %%
# The same kind from Python, for another orbit.
orbit = {"altitude_km": 380, "inclination_deg": 51.6, "solar_flux": 150}
lower = ds.studies.Flux(title="A lower orbit", orbit=orbit, year=2025).run()
print(lower.tables["faces"])
