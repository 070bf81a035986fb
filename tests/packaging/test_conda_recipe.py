"""The recipe for conda-forge asks for what pyproject.toml asks for."""

from __future__ import annotations

import tomllib

import pytest
from support.paths import ROOT

yaml = pytest.importorskip("yaml")

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
RECIPE = yaml.safe_load((ROOT / ".ci" / "packaging" / "conda" / "recipe.yaml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def requirement(text: str) -> tuple[str, str]:
    """Name on conda-forge and bound of a requirement of pyproject.toml."""
    name, bound = text.split(">=")
    return CONDA_NAMES.get(name, name), f">={bound}"


def conda(texts: list[str]) -> dict[str, str]:
    pairs = (text.partition(" ")[::2] for text in texts)
    return dict(pairs)


def test_run_requirements_are_those_of_the_project() -> None:
    required = conda(RECIPE["requirements"]["run"])
    assert required.pop("python") == ">=${{ python_min }}"
    assert f">={RECIPE['context']['python_min']}" == PROJECT["requires-python"]
    assert required == dict(map(requirement, PROJECT["dependencies"]))


def test_it_is_built_by_the_same_backend() -> None:
    required = conda(RECIPE["requirements"]["host"])
    assert required.pop("python") == "${{ python_min }}.*"
    assert required.pop("pip") == ""
    assert required == dict(map(requirement, PYPROJECT["build-system"]["requires"]))


def test_name_version_licence_and_command_are_those_of_the_project() -> None:
    assert RECIPE["package"]["name"] == PROJECT["name"]
    assert RECIPE["context"]["version"] == PROJECT["version"]
    assert RECIPE["about"]["license"] == PROJECT["license"]
    commands = [f"{name} = {place}" for name, place in PROJECT["scripts"].items()]
    assert RECIPE["build"]["python"]["entry_points"] == commands
