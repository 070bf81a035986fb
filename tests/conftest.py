"""Settings of all tests."""

from hypothesis import settings

# The first call of a kernel compiles it, and CI machines are shared: no example fails because it is slow.
settings.register_profile("debrissim", deadline=None)
settings.load_profile("debrissim")
