"""The user's credentials for Space-Track: from the environment, ~/.netrc or the keyring only.

They are never written: not to a file, a log, a record of a run or a message. The type shows neither of the two when it
is printed, and `redacted` removes both from text that comes from a server.
"""

from __future__ import annotations

import netrc
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

from debrissim.core.errors import InputError

HOST = "www.space-track.org"
IDENTITY, PASSWORD = "SPACETRACK_IDENTITY", "SPACETRACK_PASSWORD"

Keyring = Callable[[str, str | None], tuple[str, str] | None]
"""The user and the password that a keyring holds for a service, and a user if one is known; None if it has none."""


@dataclass(frozen=True)
class Credentials:
    """The user and the password of a Space-Track account; origin: where they were found, all that is shown."""

    identity: str = field(repr=False)
    password: str = field(repr=False)
    origin: str

    def redacted(self, text: str) -> str:
        """Text of a server without the user and the password, plain or as a form encodes them."""
        for secret in sorted({self.identity, self.password}, key=len, reverse=True):
            for shape in {secret, quote_plus(secret)}:
                if shape:
                    text = text.replace(shape, "[removed]")
        return text


def find_credentials(
    environment: Mapping[str, str] = os.environ,
    netrc_file: Path | None = None,
    keyring: Keyring | None = None,
) -> Credentials:
    """The credentials for Space-Track: from the environment, otherwise from a netrc file, otherwise from the keyring.

    Parameters
    ----------
    environment : mapping of str to str
        Holds SPACETRACK_IDENTITY and SPACETRACK_PASSWORD. With only the first, the password of that user is looked up
        in the other two.
    netrc_file : Path or None
        By default the file that NETRC names, otherwise ~/.netrc.
    keyring : callable or None
        By default the system's, through the package `keyring`, where that is installed.

    Raises
    ------
    InputError
        If there are none, or SPACETRACK_PASSWORD is set without SPACETRACK_IDENTITY; the sentence says where they are
        looked for.
    """
    identity = environment.get(IDENTITY, "").strip()
    password = environment.get(PASSWORD, "")
    if identity and password:
        return Credentials(identity, password, "environment")
    if password:
        raise InputError(f"{PASSWORD} is set without {IDENTITY}; expected both, or neither")
    path = netrc_file or Path(environment.get("NETRC") or Path.home() / ".netrc")
    found = _of_netrc(path, identity)
    if found is not None:
        return Credentials(*found, path.name)
    found = (keyring or _of_keyring)(HOST, identity or None)
    if found is not None and all(found) and identity in ("", found[0]):
        return Credentials(*found, "keyring")
    missing = f"password of the user in {IDENTITY} was" if identity else "credentials for Space-Track were"
    variables = PASSWORD if identity else f"{IDENTITY} and {PASSWORD}"
    raise InputError(
        f"no {missing} found: set {variables}, or add {HOST} to ~/.netrc or to the "
        f"keyring (keyring set {HOST} USER)"
    )


def _of_netrc(path: Path, identity: str) -> tuple[str, str] | None:
    """The user and the password of a netrc file; the default entry, which is for any host, does not count."""
    try:
        entries = netrc.netrc(path).hosts
    except FileNotFoundError:
        return None
    except netrc.NetrcParseError as error:
        # Its message quotes the file, which holds passwords.
        raise InputError(f"{path}: line {error.lineno or 1}: not a netrc file") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not text'})"
        ) from None
    entry = entries.get(HOST)
    if entry is None or not entry[2]:
        return None
    user = entry[0] or identity
    return (user, entry[2]) if user and identity in ("", user) else None


def _of_keyring(service: str, identity: str | None) -> tuple[str, str] | None:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    with suppress(keyring.errors.KeyringError):
        found = keyring.get_credential(service, identity)
        if found is not None:
            return found.username, found.password
    return None
