"""Registries: names in order, each taken once, and errors that list them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from debrissim.core.errors import InputError
from debrissim.core.registry import Registry


@dataclass(frozen=True)
class Fruit:
    name: str
    colour: str


def fruits() -> Registry[Fruit]:
    return Registry("fruit", [Fruit("plum", "blue"), Fruit("apple", "green"), Fruit("cherry", "red")])


def test_entries_are_found_by_name_in_the_order_of_registration():
    registry = fruits()
    assert list(registry) == ["plum", "apple", "cherry"]
    assert registry["apple"].colour == "green"
    assert len(registry) == 3
    assert "apple" in registry
    assert "pear" not in registry
    assert 3 not in registry
    assert registry.get("pear") is None
    assert registry.get("apple") == Fruit("apple", "green")
    assert repr(registry) == "<Registry of 3 entries of kind 'fruit': plum, apple, cherry>"


def test_an_unknown_name_lists_the_names_and_suggests_the_nearest():
    with pytest.raises(InputError) as caught:
        fruits()["aple"]
    assert str(caught.value) == (
        "fruit: expected one of plum, apple, cherry, got 'aple'; did you mean 'apple'?"
    )
    with pytest.raises(InputError) as caught:
        fruits()["kiwi"]
    assert str(caught.value) == "fruit: expected one of plum, apple, cherry, got 'kiwi'"


def test_a_name_is_registered_once():
    registry = fruits()
    pear = Fruit("pear", "yellow")
    assert registry.register(pear) is pear
    assert list(registry)[-1] == "pear"
    with pytest.raises(
        InputError, match="fruit: expected a new name, got 'pear', which is registered already"
    ):
        registry.register(Fruit("pear", "green"))
    assert registry["pear"] is pear
    with pytest.raises(InputError, match="fruit: expected a name, got an empty one"):
        registry.register(Fruit("", "none"))
