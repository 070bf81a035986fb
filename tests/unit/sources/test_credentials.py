"""Credentials come from the environment, a netrc file or the keyring, and are never shown."""

import subprocess
import sys
from pathlib import Path

import pytest

from debrissim.core.errors import InputError
from debrissim.sources.credentials import HOST, IDENTITY, PASSWORD, Credentials, find_credentials


def no_keyring(_service: str, _identity: str | None) -> None:
    return None


def test_the_environment_comes_first(tmp_path: Path) -> None:
    path = tmp_path / ".netrc"
    path.write_text(f"machine {HOST} login other password else\n")
    found = find_credentials({IDENTITY: " me ", PASSWORD: " pass "}, path, no_keyring)
    assert (found.identity, found.password, found.origin) == ("me", " pass ", "environment")


def test_a_netrc_file_holds_them(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.write_text(f"default login x password y\nmachine {HOST} login me password secret\n")
    found = find_credentials({"NETRC": str(path)}, None, no_keyring)
    assert (found.identity, found.password, found.origin) == ("me", "secret", "netrc")
    assert find_credentials({IDENTITY: "me"}, path, no_keyring).password == "secret"


def test_the_keyring_is_asked_last(tmp_path: Path) -> None:
    def keyring(service: str, identity: str | None) -> tuple[str, str]:
        assert service == HOST
        return identity or "me", "secret"

    assert find_credentials({}, tmp_path / "none", keyring).origin == "keyring"
    assert find_credentials({IDENTITY: "you"}, tmp_path / "none", keyring).identity == "you"


def test_the_default_entry_of_a_netrc_file_is_for_other_hosts(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.write_text("default login anonymous password guest\n")
    with pytest.raises(
        InputError, match="no credentials for Space-Track were found: set SPACETRACK_IDENTITY and"
    ):
        find_credentials({}, path, no_keyring)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({PASSWORD: "secret"}, f"{PASSWORD} is set without {IDENTITY}"),
        ({IDENTITY: "me"}, f"no password of the user in {IDENTITY} was found: set {PASSWORD}"),
    ],
)
def test_a_half_is_not_enough(environment: dict[str, str], expected: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        find_credentials(environment, tmp_path / "none", no_keyring)
    assert expected in str(error.value)
    assert "secret" not in str(error.value)


def test_a_damaged_netrc_file_is_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    path.write_text(f"machine {HOST} login me\n  passwort secret\n")
    with pytest.raises(InputError) as error:
        find_credentials({}, path, no_keyring)
    assert str(error.value).startswith(f"{path}: line 2: ")
    assert "secret" not in str(error.value)
    assert error.value.__suppress_context__


def test_they_are_not_shown_by_their_type() -> None:
    value = Credentials("me@example.com", "secret", "environment")
    assert repr(value) == "Credentials(origin='environment')"
    assert f"{value}" == repr(value)


def test_text_of_a_server_loses_them() -> None:
    value = Credentials("me@example.com", "p&ss +1", "environment")
    text = "identity=me%40example.com&password=p%26ss+%2B1 <me@example.com> p&ss +1"
    assert value.redacted(text) == "identity=[removed]&password=[removed] <[removed]> [removed]"


def test_the_systems_keyring_may_be_absent() -> None:
    program = (
        "import sys; sys.modules['keyring'] = None\n"
        "from pathlib import Path\n"
        "from debrissim.sources.credentials import find_credentials\n"
        "from debrissim.core.errors import InputError\n"
        "try:\n    find_credentials({}, Path('none'))\nexcept InputError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("no credentials for Space-Track were found")
