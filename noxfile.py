"""Checks for contributors, each in an environment of its own: `nox`, or `nox -s lint`. `nox -l` lists them.

Arguments after `--` go to the command: `nox -s tests -- tests/unit/catalog`. Those of pytest and mypy are in
pyproject.toml; nothing is configured here.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.3.2"
nox.options.sessions = ["lint", "types", "tests", "docs"]
nox.options.reuse_existing_virtualenvs = True

PROJECT = nox.project.load_toml("pyproject.toml")["project"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install(*_requirements("ruff"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, and that rooms import only rooms below them."""
    session.install("-e", ".", *_requirements("mypy", "import-linter"))
    for system in ("linux", "darwin", "win32"):
        session.run("mypy", "--platform", system, *session.posargs)
    session.run("lint-imports")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests as the README does."""
    session.install(".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the long validations on whole real catalogues (they need the shared data)."""
    session.install(".[test]")
    session.run("python", "-m", "pytest", "-m", "slow", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and list the lines that none of them reaches."""
    # Editable, so that the lines counted are those of this folder.
    session.install("-e", ".[test]", *_requirements("pytest-cov", extra="dev"))
    session.run("python", "-m", "pytest", "--cov", "--cov-report=term-missing:skip-covered", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest supported version of every dependency, those of the extras too."""
    session.install("uv")
    python = str(Path(session.bin) / "python")
    session.run("uv", "pip", "install", "--python", python, "--resolution", "lowest-direct", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site without a warning; check that generated pages are current and that blocks of code run."""
    session.install("-e", ".[test,docs]")
    before = _pages()
    session.run("python", "docs/generate.py")
    changed = sorted(name for name, text in _pages().items() if before.get(name) != text)
    if changed:
        session.error(f"out of date, now generated again: {', '.join(changed)}")
    session.run("python", "-m", "sphinx", "-W", "--keep-going", "-n", "-c", "docs", ".", "docs/_build/html")
    examples = ["tests/docs", "tests/examples", "-k", "page or readme or example"]
    session.run("python", "-m", "pytest", *examples, *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Run every benchmark at its small size."""
    session.install("-e", ".[bench]")
    session.run("python", "-m", "benchmarks", "all", "--size", "small", *session.posargs)


@nox.session(reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """Build wheel and sdist, install each in an empty environment, and run the README's main job from there."""
    target = Path(session.create_tmp()).resolve()
    for old in target.glob("debrissim-*"):
        old.unlink()
    session.install("build", "twine")
    session.run("python", "-m", "build", "--outdir", str(target), ".")
    built = sorted(target.glob("debrissim-*"))
    session.run("twine", "check", "--strict", *map(str, built))
    for archive in built:
        with tempfile.TemporaryDirectory() as folder:
            environment = Path(folder) / "environment"
            session.run("python", "-m", "venv", str(environment))
            programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
            session.run(str(programs / "python"), "-m", "pip", "install", str(archive), external=True)
            # Nothing of the clone is in reach.
            session.chdir(folder)
            command = str(programs / "debrissim")
            session.run(command, "new", "--example", "iss_week", external=True)
            session.run(command, "run", "iss_week.toml", external=True)
            session.run(command, "plot", "results/iss_week", external=True)
            session.chdir(Path(__file__).parent)


def _requirements(*names: str, extra: str = "test") -> list[str]:
    """The requirements of an extra that begin with these names, with their bounds."""
    listed = PROJECT["optional-dependencies"][extra]
    return [requirement for requirement in listed if requirement.startswith(names)]


def _pages() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(Path("docs").glob("*.md"))}
