"""
Avoid an encounter
==================

The smallest burns, and the encounters after them; a simulation, not an instruction.
"""

import tempfile
from pathlib import Path

import debrissim as ds

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"

# Instead of the scenario you can use a results folder of a run, or a conjunction data message. Only a few burns are
# tried here.
result = ds.avoid(
    SCENARIOS / "iridium_cosmos_2009.toml",
    burns={"directions": ["retrograde"], "earliest_hours": 3.5, "coarse_steps": 1, "fine_steps": 2},
    goals={"probability": 1e-6},
    rescreening={"candidates": 4, "horizon_days": 0.5},
)
print(result)

# %%
# The burn, and the candidates after which nothing is above the goal.
burn = result.headline["burn"]
print(burn["utc"], burn["delta_v_rtn_m_s"], burn["collision_probability"])
candidates = result.tables["candidates"]
print(candidates[candidates.verdict == "green"].to_pandas()[["burn", "delta_v_m_s", "miss_distance_km"]])

# %%
# The burn as a message.
folder = result.write(Path(tempfile.mkdtemp()) / "avoided").folder
print((folder / "messages" / "burn.opm").read_text())
