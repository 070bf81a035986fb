"""The messages that are still to be sent, in the store: at least once to each address, whatever fails when.

A message is queued in the transaction that records its run, so that neither exists without the other. It is marked
for each address after that has taken it, and removed when all have. A process that is killed between the two sends that
message to that address again with the next cycle: twice is better than never. A message that an address has not taken
in `KEPT_DAYS` is dropped, and said so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, RunError
from debrissim.core.json import parse_json
from debrissim.core.time import Time
from debrissim.watch.messages import Message
from debrissim.watch.store import Store

KEPT_DAYS = 7.0


@dataclass(frozen=True)
class Channel:
    """A way to send messages.

    key: its identity, from which no secret can be derived. label: its name in messages. send: raises RunError, in a
    sentence without secrets, if the message was not taken.
    """

    key: str
    label: str
    send: Callable[[Message], None]


@dataclass(frozen=True)
class Delivery:
    """The outcome of sending: the messages that all channels have now, and the problems, a sentence each."""

    sent: tuple[Message, ...] = ()
    problems: tuple[str, ...] = ()


def queued(messages: Sequence[Message], now: Time, fleet: str) -> dict[str, str | None]:
    """The notes by which messages of a fleet, by its identity, wait in the store, to be sent in this order."""
    return {
        f"{_prefix(fleet)}{now.iso}:{place:04d}:{message.key}": json.dumps(
            {"queued": now.iso, "message": message.text, "taken": []}
        )
        for place, message in enumerate(messages)
    }


def waiting(store: Store, fleet: str) -> tuple[Message, ...]:
    """The messages of a fleet that wait, the oldest first."""
    return tuple(_read(value)[0] for value in store.notes(_prefix(fleet)).values())


def deliver(store: Store, channels: Sequence[Channel], now: Time, fleet: str) -> Delivery:
    """Send the waiting messages of a fleet, the oldest first; a channel that fails is not tried again in this call.

    Without channels, nothing waits any longer. Raises RunError if the store cannot be written.
    """
    sent: list[Message] = []
    problems: list[str] = []
    down: set[str] = set()
    for key, value in store.notes(_prefix(fleet)).items():
        message, since, taken = _read(value)
        for channel in channels:
            if channel.key in taken or channel.key in down:
                continue
            try:
                channel.send(message)
            except RunError as error:
                down.add(channel.key)
                problems.append(f"{channel.label}: {error}")
                continue
            taken = [*taken, channel.key]
            store.set_note(key, json.dumps({"queued": since.iso, "message": message.text, "taken": taken}))
        if all(channel.key in taken for channel in channels):
            store.set_note(key, None)
            if channels:
                sent.append(message)
        elif now - since > KEPT_DAYS * SECONDS_PER_DAY:
            store.set_note(key, None)
            problems.append(f"a message of {since.iso[:19]}Z was given up after {KEPT_DAYS:g} days")
    return Delivery(tuple(sent), tuple(problems))


def _prefix(fleet: str) -> str:
    return f"outbox:{fleet}:"


def _read(value: str) -> tuple[Message, Time, list[str]]:
    content = parse_json(value, "outbox")
    try:
        return (
            Message.of(content["message"]),
            Time.from_iso(content["queued"]),
            [str(key) for key in content["taken"]],
        )
    except (KeyError, TypeError) as error:
        raise InputError("the store holds a message that this version cannot read") from error
