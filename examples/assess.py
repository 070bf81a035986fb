"""
Assess a screening
==================

Probabilities of the encounters, one encounter's curves and its plane.
"""

import tempfile
from pathlib import Path

import debrissim as ds

catalog = ds.synthetic_catalog(3000)
number = int(catalog.filter(kind="payload", perigee_km=(500, 600)).norad_id[0])
screening = catalog.screen(primary=number, start="2024-11-01", days=1, volume="iss-watch-20x40x40")

# %%
# The probability of each encounter, the highest first.
risk = screening.assess(covariance="flohrer-2008+growth", method="auto", hard_body_radius_m={"primary": 60})
ranked = risk.sort_by("collision_probability", descending=True)
print(ranked.head(5))

# %%
# One encounter: its probability with maximum and flags, and its curve against the size of the errors.
top = ranked[0]
print(top.probability)
print(top.curves.dilution.head(3))
top.plot().savefig(Path(tempfile.mkdtemp()) / "encounter_plane.png")
print(f"cumulative probability {risk.cumulative_probability():.1e}")
