"""Space-debris collision risk: what will a spacecraft meet, how close, how fast, with what probability?

    import debrissim as ds

    result = ds.run("scenarios/iss_week.toml")
    result.write("results/iss_week")

`__init__.pyi` is the one list of the public names (Scientific Python's SPEC 1); rooms (`debrissim.probability`,
`debrissim.hazard`, ...) list theirs in the same way. Each name is loaded when it is first used, so that importing the
package costs next to nothing.
"""

from __future__ import annotations

_LOADER: list[tuple[object, ...]] = []


def _attached() -> tuple[object, ...]:
    """The functions of lazy_loader for this package, (`__getattr__`, `__dir__`, `__all__`), made on first use."""
    if not _LOADER:
        import lazy_loader

        _LOADER.append(lazy_loader.attach_stub(__name__, __file__))
    return _LOADER[0]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    load, _, public = _attached()
    if name == "__all__":
        return public
    if name not in public:  # type: ignore[operator]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = load(name)  # type: ignore[operator]
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_attached()[2]})  # type: ignore[misc]
