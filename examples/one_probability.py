"""
One probability
===============

A collision probability by hand, and the same by every method.
"""

import numpy as np

import debrissim as ds

# Secondary minus primary at one instant in the primary's RTN, km and km/s; covariances of the positions in km^2.
position = np.array([0.02, 0.03, 0.01])
velocity = np.array([-0.1, -7.0, 8.0])
primary = np.diag([0.01, 0.04, 0.01])
secondary = np.diag([0.02, 0.09, 0.02])

# %%
# The probability, the same by every method, and the source of one of them.
probability = ds.collision_probability(position, velocity, primary, secondary, hard_body_radius_m=15)
print(probability)
print(probability.compare())
print(ds.probability.methods["alfano-2005"].source)
