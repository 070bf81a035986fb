"""The files of a results folder that this program may remove."""

from __future__ import annotations

from pathlib import Path

from debrissim.results.own_files import BURN_MESSAGES, mark, own_files, remove_own, seal


def test_the_messages_of_a_burn_go_with_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    (folder / BURN_MESSAGES).mkdir(parents=True)
    mark(folder)
    (folder / BURN_MESSAGES / "burn.oem").touch()
    seal(folder)
    own = own_files(folder)
    assert own is not None
    assert remove_own(folder, own)
    assert not folder.exists()
