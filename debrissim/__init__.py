"""Space-debris collision risk: what will a spacecraft meet, how close, how fast, with what probability?

    import debrissim as ds

    result = ds.run(ds.load_scenario("scenarios/iss_week.toml"))
    result.write("results/iss_week")

`__init__.pyi` is the one list of the public names (Scientific Python's SPEC 1). Each is loaded when it is first used:
`import debrissim` costs next to nothing.
"""

from __future__ import annotations

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = _load(name)
    return value
