"""The rules of axe-core for keyboards and screen readers, applied to a page in a browser."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


def missing_axe() -> str:
    """Reason why the rules cannot be applied; "" if they can."""
    return "" if find_spec("axe_core_python") else "axe-core-python is not installed"


def violations(driver: Chrome) -> list[str]:
    """Rules that the open page breaks, each with its first element."""
    from axe_core_python.selenium import Axe

    found = Axe().run(driver)["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]
