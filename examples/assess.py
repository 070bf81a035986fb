"""
Assess a screening
==================

Probabilities of the encounters, one encounter's curves and its plane.
"""

import matplotlib.pyplot as plt

import debrissim as ds

catalog = ds.synthetic_catalog(3000)
number = int(catalog.filter(kind="payload", perigee_km=(500, 600)).norad_id[0])
screening = catalog.screen(primary=number, start="2024-11-05", days=1, volume="iss-watch-20x40x40")

# %%
# The probability of each encounter, highest first.
risk = screening.assess(covariance="flohrer-2008+growth", method="auto", hard_body_radius_m={"primary": 60})
ranked = risk.sort_by("collision_probability", descending=True)
print(ranked.head(5))

# %%
# One encounter: its probability with maximum and flags, and that of a hit in any of them.
top = ranked[0]
print(top.probability)
print(f"cumulative probability {risk.cumulative_probability():.1e}")

# %%
# Its encounter plane, in axes of your own: the errors as ellipses, and the hard body enlarged.
_, ax = plt.subplots(figsize=(8, 4))
ax = top.plot(ax)

# %%
# Its probability against the size of the errors.
curve = top.curves.dilution
print(curve[::40])
_, ax = plt.subplots(figsize=(6, 4))
ax.loglog(curve.sigma_factor, curve.probability)
ax.set(xlabel="factor on every standard deviation", ylabel="collision probability", ylim=(1e-12, 1e-2))
ax.axvline(1.0, color="grey", linestyle=":", label="errors as modelled")
ax.legend()
