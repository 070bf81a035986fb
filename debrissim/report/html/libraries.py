"""The libraries of the page: Jinja2, and the browser script that comes with Plotly. Both may be missing."""

from __future__ import annotations

import base64
import gzip
from importlib.util import find_spec
from pathlib import Path

_NEEDED = {"jinja2": "Jinja2", "plotly": "Plotly"}
_SCRIPT = Path("package_data", "plotly.min.js")
# A quarter larger than at the best level, in half the time.
_COMPRESSION = 4


def missing_libraries() -> str:
    """A sentence that names the missing libraries and how to install them; "" if report.html can be written."""
    absent = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    if not absent and not _script_path().is_file():
        absent = ["the browser script of Plotly"]
    if not absent:
        return ""
    return f"report.html is left out: it needs {' and '.join(absent)} (pip install jinja2 plotly)"


def packed_plotly() -> str:
    """Plotly's script, gzip in base64: 2 MB in place of 5, and nothing in it that HTML could take for a tag."""
    return base64.b64encode(gzip.compress(_script_path().read_bytes(), _COMPRESSION, mtime=0)).decode("ascii")


def _script_path() -> Path:
    """The script, located without importing the package, which would cost more than all the rest."""
    spec = find_spec("plotly")
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places or ["plotly"]))) / _SCRIPT
