"""The channels of a fleet file: addresses of Apprise, and a command.

Addresses hold passwords. They come from an environment variable or from a file, are shown nowhere, and are known by a
hash. The command gets a message as JSON on standard input; no shell reads its arguments.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import read_text
from debrissim.core.text import excerpt
from debrissim.watch.fleet import Fleet
from debrissim.watch.messages import Message
from debrissim.watch.outbox import Channel

_MISSING = (
    "notifications need the package apprise, which is not installed; install debrissim[notify], or use "
    "notify.command"
)


def channels(fleet: Fleet, environment: Mapping[str, str] | None = None) -> tuple[Channel, ...]:
    """The channels that a fleet file names, none if there are no addresses and no command.

    environment: by default that of the process.

    Raises InputError if a file cannot be read, an address is not one that Apprise knows, or Apprise is not installed.
    """
    values = os.environ if environment is None else environment
    keys = fleet.notify
    found = [(f"${keys.environment}", values.get(keys.environment, "").split())]
    if keys.file is not None:
        path = fleet.located(keys.file)
        found.append((str(path), _lines(read_text(path, "addresses, one per line"))))
    made = [
        _address(address, f"{place}, address {number}")
        for place, addresses in found
        for number, address in enumerate(addresses, 1)
    ]
    if keys.command is not None:
        made.append(_command(keys.command, fleet.located(Path()), keys.timeout_s))
    return tuple({channel.key: channel for channel in made}.values())


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _address(address: str, place: str) -> Channel:
    try:
        import apprise
    except ImportError:
        raise InputError(_MISSING) from None
    import logging

    # Its warnings may quote an address; the outcome is all that counts.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service: Any = None
    with suppress(Exception):
        service = apprise.Apprise.instantiate(address)
    if service is None:
        raise InputError(
            f"{place}: not an address that Apprise knows (such as mailto://..., slack://... or json://...)"
        )
    label = f"{place} ({type(service).__name__.removeprefix('Notify')})"

    def send(message: Message) -> None:
        taken = False
        # Apprise reports by its result that a message was not accepted; its plugins may also raise.
        with suppress(Exception):
            taken = bool(
                service.notify(
                    body=message.body,
                    title=message.title,
                    notify_type=_TYPES[message.level],
                    body_format=apprise.NotifyFormat.TEXT,
                )
            )
        if not taken:
            raise RunError("the message was not taken; it is sent again with the next cycle")

    return Channel(hashlib.sha256(address.encode()).hexdigest()[:16], label, send)


_TYPES = {"": "info", "yellow": "warning", "red": "failure"}


def _command(arguments: tuple[str, ...], folder: Path, timeout_s: float) -> Channel:
    label = f"notify.command ({excerpt(arguments[0])})"

    def send(message: Message) -> None:
        _run(arguments, message.text.encode(), folder, timeout_s)

    return Channel("command:" + hashlib.sha256("\0".join(arguments).encode()).hexdigest()[:16], label, send)


def _run(arguments: tuple[str, ...], data: bytes, folder: Path, timeout_s: float) -> None:
    """Run a command with data on standard input; RunError unless it ends with 0 in time."""
    # Not in memory: a command may write without end.
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=output,
                cwd=folder,
                start_new_session=sys.platform != "win32",
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RunError(f"cannot be run ({reason})") from None
        try:
            process.communicate(data, timeout=timeout_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise RunError(f"did not end within {timeout_s:g} s") from None
        except BaseException:
            # Also at Ctrl-C: the command has its own session, which the signal does not reach.
            _end(process)
            raise
        if process.returncode != 0:
            output.seek(0)
            said = excerpt(output.read(500).decode("utf-8", "replace"))
            raise RunError(f"ended with code {process.returncode}" + (f": {said}" if said else ""))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command with everything that it has started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
