"""The documentation site: `nox -s docs`, or `sphinx-build -W --keep-going -n -c docs . docs/_build/html`.

The source folder of Sphinx is the root of the repository, so that the links of every page, into benchmarks/ and to
single files, hold here as they do in the repository. Nothing is fetched while the site is built, or when it is read.
"""

from __future__ import annotations

import builtins
import re
import sys
from importlib import metadata
from pathlib import Path

import matplotlib

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(DOCS))
import reference  # noqa: E402

matplotlib.use("agg")
reference.write(DOCS / "reference")

project = "debrissim"
author = "The debrissim developers"
copyright = "the debrissim developers. MIT licence"
release = metadata.version("debrissim")

extensions = ["myst_nb", "sphinx_gallery.gen_gallery"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/reference/**.md",
    "docs/gallery/*.rst",
    "benchmarks/*/*.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
exclude_patterns = [
    ".*",
    "debrissim",
    "results",
    "tests",
    "scenarios",
    "docs/_build",
    "build",
    "dist",
    "*.egg-info",
]
suppress_warnings = ["config.cache"]
nitpicky = True
# Annotations of the reference pages name types of other packages, and Sphinx would look for them in their sites.
nitpick_ignore_regex = [("py:.*", ".*")]
python_maximum_signature_line_length = 88
add_module_names = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# Three pages are notebooks, executed at every build; an exception in one ends the build.
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True


def _name_the_file(_conf: object, example: str) -> None:
    """Examples find scenarios/ from `__file__`, which the gallery does not give them."""
    builtins.__file__ = str(ROOT / "examples" / Path(example).name)  # type: ignore[attr-defined]


sphinx_gallery_conf = {
    "reset_modules": (_name_the_file,),
    "examples_dirs": "examples",
    "gallery_dirs": "docs/gallery",
    "filename_pattern": r"\.py$",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "within_subsection_order": "FileNameSortKey",
}

html_theme = "pydata_sphinx_theme"
html_title = "debrissim"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["extra"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": {"**": ["page-toc"], "docs/index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"docs/index": []}

_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)((?:#[^)\s]*)?)\)")
_FOLDERS = {
    "examples": "docs/gallery/index.rst",
    "benchmarks": "docs/benchmarks.md",
    "scenarios": "docs/scenarios.md",
}


def _link_folders_to_their_pages(_app: object, document: str, source: list[str]) -> None:
    """Links to folders, which show their README in a repository, lead to the page of it here."""
    place = (ROOT / document).parent

    def target(match: re.Match[str]) -> str:
        path = (place / match[1]).resolve()
        if not path.is_dir():
            return match[0]
        name = path.relative_to(ROOT).as_posix()
        return f"](/{_FOLDERS.get(name, f'{name}/README.md')}{match[2]})"

    source[0] = _LINK.sub(target, source[0])


def setup(app: object) -> None:
    app.connect("source-read", _link_folders_to_their_pages)  # type: ignore[attr-defined]
