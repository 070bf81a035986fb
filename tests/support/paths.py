"""Folders of the repository, for tests of their contents."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
DOCS = ROOT / "docs"
SITE_FOLDERS = ("docs/_build", "docs/gallery", "docs/reference")
"""Folders that the build of the site writes, which git ignores; a fresh clone has none of them."""


def is_written_by_the_site(path: Path) -> bool:
    """Whether a path in the clone, there or not, is one that the build of the site writes."""
    return any(path.resolve().is_relative_to(ROOT / folder) for folder in SITE_FOLDERS)
