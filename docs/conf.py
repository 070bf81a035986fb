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
from docutils import nodes
from sphinx.application import Sphinx

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
# Options begin with two hyphens, and the quotes of values are straight.
smartquotes = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# Three pages are notebooks, executed at every build; an exception in any of them ends the build.
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True


def _before_an_example(_conf: object, example: str) -> None:
    """Set `__file__`, from which examples find scenarios/, and keep what reaches beyond the axes in the picture."""
    matplotlib.rcParams["savefig.bbox"] = "tight"
    builtins.__file__ = str(ROOT / "examples" / Path(example).name)  # type: ignore[attr-defined]


sphinx_gallery_conf = {
    "reset_modules": (_before_an_example,),
    "examples_dirs": "examples",
    "gallery_dirs": "docs/gallery",
    "filename_pattern": r"\.py$",
    "abort_on_example_error": True,
    "capture_repr": (),
    "download_all_examples": False,
    "show_signature": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "within_subsection_order": "reference.ExampleOrder",
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

_FOLDERS = {
    "examples": "docs/gallery/index.rst",
    "benchmarks": "docs/benchmarks.md",
    "scenarios": "docs/scenarios.md",
}
_CODE_OR_LINK = re.compile(
    r"^```(?:\w+|\{code-cell\}[^\n]*)?\n.*?^```$|`[^`\n]+`"
    r"|\[(?P<text>[^\]\[]*)\]\((?!\w+:)(?P<target>[^)#\s]+)(?P<part>(?:#[^)\s]*)?)\)"
    r"|(?<![\w/])(?P<page>docs/\w+\.md)",
    re.MULTILINE | re.DOTALL,
)


def _link_pages_by_their_titles(_app: object, document: str, source: list[str]) -> None:
    """Links to folders lead to the pages about them, and files of docs/ named in text become links with titles.

    In a repository a folder shows its README, and `[now.md](now.md)` names a file beside the page. Code stays as it is.
    """
    place = (ROOT / document).parent

    def link(match: re.Match[str]) -> str:
        text, target, part, page = match.group("text", "target", "part", "page")
        if page:
            return f"[](/{page})" if (ROOT / page).is_file() else match[0]
        if not target:
            return match[0]
        path = (place / target).resolve()
        if path.is_dir():
            name = path.relative_to(ROOT).as_posix()
            return f"[{text}](/{_FOLDERS.get(name, f'{name}/README.md')}{part})"
        return f"[]({target}{part})" if text.endswith(".md") else match[0]

    source[0] = _CODE_OR_LINK.sub(link, source[0])


def _offer_notebooks(_app: object, document: str, source: list[str]) -> None:
    """A page that is a notebook ends with a link to it, executed, for Jupyter."""
    if "\nkernelspec:\n" in source[0].partition("\n# ")[0]:
        source[0] += f"\nThis page as a notebook: {{nb-download}}`{document.rpartition('/')[2]}.ipynb`\n"


def _name_tables_of_keys(_app: object, document: nodes.document) -> None:
    """Give tables of keys, columns and options a class, by which site.css shows their rows as cards on a phone."""
    for table in document.findall(nodes.table):
        heads = [entry.astext() for head in table.findall(nodes.thead) for entry in head.findall(nodes.entry)]
        table["classes"] += ["keys"] * (heads == ["key", "value", "default", "meaning"])
        table["classes"] += ["pairs"] * (len(heads) == 2 or heads == ["command", "purpose", "more"])


def setup(app: Sphinx) -> None:
    app.connect("source-read", _link_pages_by_their_titles)
    app.connect("source-read", _offer_notebooks)
    app.connect("doctree-read", _name_tables_of_keys)
