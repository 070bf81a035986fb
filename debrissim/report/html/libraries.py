"""The libraries of the page: Jinja2, which may be missing, and the browser script of Plotly, which comes with it.

The script is Plotly (MIT) with only the kinds of trace that the page uses: a third of the full script.
`.ci/packaging/plotly` builds it and collects the licences of everything in it.
"""

from __future__ import annotations

import base64
from importlib.resources import files
from importlib.util import find_spec

_SCRIPT = "plotly.min.js.gz"


def missing_libraries() -> str:
    """A sentence that names the missing library and how to install it; "" if report.html can be written."""
    if find_spec("jinja2") is None:
        return "report.html is left out: it needs Jinja2 (pip install jinja2)"
    return ""


def packed_plotly() -> str:
    """Plotly's script, gzip in base64: 0.8 MB instead of 1.8, without anything that HTML could take for a tag."""
    return base64.b64encode((files(__package__) / "data" / _SCRIPT).read_bytes()).decode("ascii")
