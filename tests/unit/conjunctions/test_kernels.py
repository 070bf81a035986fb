"""The list of kernels that a run compiles ahead is the list of those that it calls, with the types of their calls."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import gc
import debrissim
from numba.core.registry import CPUDispatcher
from debrissim.core.compile_ahead import declared_types
from debrissim.studies.protocol import kernels_of, parse_scenario

def called():
    kernels = [value for value in gc.get_objects() if isinstance(value, CPUDispatcher)]
    return {kernel for kernel in kernels if kernel.overloads and getattr(kernel, "declared_arguments", "")}

WEEK = {
    "title": "few", "seed": 3, "span": {"duration_days": 2.0},
    "catalog": {"sources": [{"population": "bundled", "count": 3000}]},
    "screening": {"volumes": ["iss-watch-20x40x40"]},
    "primaries": [{"norad_id": 25544, "name": "ISS", "hard_body_radius_m": 70.0, "elements": {
        "mean_motion_rev_day": 15.4991, "eccentricity": 0.00026, "inclination_deg": 51.645,
        "raan_deg": 30.0, "arg_perigee_deg": 60.0, "mean_anomaly_deg": 0.0, "bstar": 2.4e-5}}],
}
ALL = WEEK | {"primaries": [], "span": {"duration_days": 0.02}, "screening": {
    "mode": "all-vs-all", "volumes": ["socrates-5km"]}}
listed = set()
for content in (WEEK, ALL):
    scenario = parse_scenario(content)
    assert len(debrissim.run(content).encounters) > 0
    listed |= set(kernels_of(scenario))
    print(sorted(kernel.__name__ for kernel in called() ^ listed))
print([kernel.__name__ for kernel in called() if set(kernel.overloads) != {declared_types(kernel)}])
"""


def test_the_kernels_of_a_run_are_those_that_it_calls() -> None:
    """In a process of its own, in which nothing else has called them."""
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=surroundings, check=True, capture_output=True, text=True
    )
    # Few objects meet the station at speeds so low that minima of the distance must be searched for.
    assert done.stdout.splitlines() == ["['lasting_minima']", "['lasting_minima']", "[]"]
