"""Messages by mail, by HTTP and by a command, against servers on the loopback interface."""

from __future__ import annotations

import email
import json
import logging
import socket
import sys
from collections.abc import Iterator
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_httpserver import HTTPServer

from debrissim.core.errors import InputError, RunError
from debrissim.core.time import Time
from debrissim.scenario.file import checked
from debrissim.watch.differences import Difference, Kind
from debrissim.watch.event import Event, EventUpdate, TrackedObject
from debrissim.watch.fleet import Fleet
from debrissim.watch.messages import Message, message, plain, sentence
from debrissim.watch.notify import channels

NOW = Time.of("2026-11-29T12:00:00")
HOSTILE = "EVIL\r\nBcc: all@example.org\x1b[2J <b>@everyone</b> [x](http://a) `$(rm)` \u202e"


def fleet(folder: Path, **notify: Any) -> Fleet:
    content = {
        "title": "mail",
        "catalog": {"sources": [{"file": "c.csv"}]},
        "primaries": [{"norad_id": 25544}],
        "notify": notify,
    }
    return checked(Fleet, content, "fleet", folder=folder)


def difference(name: str = "COSMOS 1408 DEB") -> Difference:
    update = EventUpdate(
        "run:0", "debrissim", NOW, TrackedObject("25544", "ISS (ZARYA)"), TrackedObject("49999", name),
        NOW + 90_000.0, 0.31, relative_speed_km_s=14.2, probability=1.9e-4,
    )  # fmt: skip
    event = Event(7, update.primary, update.secondary, 1, NOW, update)
    return Difference("run:7:new", Kind.NEW, "red", event, update)


def one(name: str = "COSMOS 1408 DEB") -> Message:
    return message(difference(name), NOW)


class Letters:
    """An SMTP server's handler that keeps what it gets."""

    def __init__(self) -> None:
        self.received: list[Mail] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.received.append(email.message_from_bytes(envelope.content))
        return self.answer


@pytest.fixture
def letters() -> Iterator[tuple[Letters, int]]:
    handler = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def test_by_mail(letters: tuple[Letters, int], tmp_path: Path):
    handler, port = letters
    address = f"mailto://127.0.0.1:{port}?from=watch@example.org&to=ops@example.org&mode=insecure"
    (channel,) = channels(fleet(tmp_path), {"DEBRISSIM_NOTIFY": address})
    assert channel.label == "$DEBRISSIM_NOTIFY, address 1 (Email)"
    channel.send(one())
    (mail,) = handler.received
    assert str(email.header.make_header(email.header.decode_header(mail["Subject"]))) == (
        "debrissim: RED new: ISS (ZARYA) and COSMOS 1408 DEB"
    )
    assert mail["To"] == "ops@example.org"
    body = b"".join(part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()).decode()
    assert (
        "ISS (ZARYA), 25544 and COSMOS 1408 DEB, 49999: new, collision probability 1 in 5,300, miss 0.310 km"
        in body
    )


def test_a_hostile_name_stays_text_in_mail(letters: tuple[Letters, int], tmp_path: Path):
    handler, port = letters
    address = f"mailto://127.0.0.1:{port}?from=watch@example.org&to=ops@example.org&mode=insecure"
    (channel,) = channels(fleet(tmp_path), {"DEBRISSIM_NOTIFY": address})
    channel.send(one(HOSTILE))
    (mail,) = handler.received
    assert mail["Bcc"] is None
    assert mail["To"] == "ops@example.org"
    text = mail.as_string()
    assert "<b>" not in text
    assert "\x1b" not in text


def test_a_refused_mail_is_a_sentence_without_the_address(letters: tuple[Letters, int], tmp_path: Path):
    handler, port = letters
    handler.answer = "550 no"
    (channel,) = channels(
        fleet(tmp_path),
        {"DEBRISSIM_NOTIFY": f"mailto://127.0.0.1:{port}?from=w@example.org&to=o@example.org&mode=insecure"},
    )
    with pytest.raises(RunError, match="was not taken; it is sent again with the next cycle"):
        channel.send(one())


def test_by_http_with_the_addresses_in_a_file(httpserver: HTTPServer, tmp_path: Path):
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    (tmp_path / "secret.txt").write_text(
        f"# ours\n\njson://{httpserver.host}:{httpserver.port}/hook\n", encoding="utf-8"
    )
    (channel,) = channels(fleet(tmp_path, file="secret.txt"), {})
    channel.send(one(HOSTILE))
    request, _ = httpserver.log[0]
    content = json.loads(request.data)
    assert content["title"] == "debrissim: RED new: ISS (ZARYA) and " + plain(HOSTILE)
    assert content["type"] == "failure"
    assert "\n" not in content["title"] + content["message"]


@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_refusal_by_http_is_not_taken(
    httpserver: HTTPServer, tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
):
    httpserver.expect_request("/hook").respond_with_data("no", status=status)
    secret = f"json://user:hunter2@{httpserver.host}:{httpserver.port}/hook"
    (channel,) = channels(fleet(tmp_path), {"DEBRISSIM_NOTIFY": secret})
    with caplog.at_level(logging.DEBUG), pytest.raises(RunError) as raised:
        channel.send(one())
    assert "hunter2" not in str(raised.value) + channel.label + channel.key + caplog.text


def test_several_addresses_and_each_once(tmp_path: Path):
    found = channels(
        fleet(tmp_path, environment="OURS"),
        {"OURS": "json://a.example/x\njson://b.example json://a.example/x"},
    )
    assert [channel.label for channel in found] == ["$OURS, address 3 (JSON)", "$OURS, address 2 (JSON)"]


@pytest.mark.parametrize("address", ["hunter2", "nothing://user:hunter2@host", "mailto://", "http//hunter2"])
def test_an_address_that_is_none_is_named_by_its_place(tmp_path: Path, address: str):
    with pytest.raises(InputError) as raised:
        channels(fleet(tmp_path), {"DEBRISSIM_NOTIFY": address})
    assert str(raised.value).startswith("$DEBRISSIM_NOTIFY, address 1: not an address that Apprise knows")
    assert "hunter2" not in str(raised.value)


def test_without_apprise_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(
        InputError, match=r"need the package apprise, which is not installed; install debrissim\["
    ):
        channels(fleet(tmp_path), {"DEBRISSIM_NOTIFY": "json://a.example"})
    assert channels(fleet(tmp_path), {}) == ()


def hook(folder: Path, program: str, **notify: Any):
    (folder / "hook.py").write_text(program, encoding="utf-8")
    (channel,) = channels(
        fleet(folder, command=[sys.executable, "hook.py", "$(touch pwned); 'a b'"], **notify), {}
    )
    return channel


def test_by_a_command_as_json_without_a_shell(tmp_path: Path):
    program = "import sys; open('got.txt', 'w').write(sys.argv[1] + chr(10) + sys.stdin.read())"
    hook(tmp_path, program).send(one(HOSTILE))
    argument, text = (tmp_path / "got.txt").read_text().split("\n")
    assert argument == "$(touch pwned); 'a b'"
    content = json.loads(text)
    assert content["data"]["now"]["secondary"]["name"] == HOSTILE
    assert content["data"]["now"]["collision_probability"] == 1.9e-4
    assert content["data"]["kind"] == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["got.txt", "hook.py"]


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import sys; sys.exit('no\\x1b[2J route')", r"ended with code 1: no\\x1b\[2J route"),
        ("import time; time.sleep(60)", r"did not end within 0\.15 s"),
        ("import sys; sys.exit(0 * len(sys.stdin.read()) or 3)", "ended with code 3$"),
    ],
)
def test_a_command_that_fails(tmp_path: Path, program: str, sentence: str):
    with pytest.raises(RunError, match=sentence):
        hook(tmp_path, program, timeout_s=0.15 if "sleep" in program else 30.0).send(one())


def test_a_command_that_does_not_read_is_no_failure(tmp_path: Path):
    hook(tmp_path, "pass").send(one("A" * 40))


def test_a_command_that_does_not_exist(tmp_path: Path):
    (channel,) = channels(fleet(tmp_path, command=["./none"]), {})
    with pytest.raises(RunError, match="cannot be run"):
        channel.send(one())


@pytest.mark.parametrize(
    ("notify", "reason"),
    [
        ({"environment": "mailto://user:hunter2@host"}, "expected the name of an environment variable"),
        ({"file": "mailto://user:hunter2@host"}, "expected the path of a file with the addresses"),
        ({"file": "Mailto://user:hunter2@host"}, "expected the path of a file with the addresses"),
        ({"command": "rm -rf /"}, "expected a list"),
        ({"command": []}, "notify.command"),
        ({"url": "json://x"}, "unknown key 'notify.url'"),
        ({"level": "green"}, "notify.level"),
        ({"alive_hours": -1.0}, "notify.alive_hours"),
    ],
)
def test_a_fleet_file_with_a_mistake(tmp_path: Path, notify: dict[str, Any], reason: str):
    with pytest.raises(InputError) as raised:
        fleet(tmp_path, **notify)
    assert reason in str(raised.value)


def test_a_message_survives_the_store():
    assert Message.of(one(HOSTILE).text) == one(HOSTILE)
    for text in ("[]", "{}", '{"key": 1}', "NaN"):
        with pytest.raises(InputError):
            Message.of(text)


def test_sentences_are_of_one_line_and_plain():
    assert sentence(difference(HOSTILE), NOW).isprintable()
    assert plain("A" * 500) == "A" * 37 + "..."
    assert plain("ISS (ZARYA)") == "ISS (ZARYA)"
    assert plain("\u202eSSI") == "u202eSSI"
