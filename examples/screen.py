"""
Screen one spacecraft
=====================

Against a catalogue, which is SYNTHETIC here.
"""

import debrissim as ds

catalog = ds.synthetic_catalog(3000)
number = int(catalog.filter(kind="payload", perigee_km=(500, 600)).norad_id[0])

# %%
# The close approaches, the nearest ones, and the objects that were left out.
screening = catalog.screen(primary=number, start="2024-11-01", days=1, volume="iss-watch-20x40x40", workers=2)
print(screening)
print(screening.encounters.sort_by("miss_distance_km").head(5))
print(screening.excluded)
