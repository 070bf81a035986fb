"""A results folder is claimed before the computation, and replaced whole, without a file that is not ours."""

from __future__ import annotations

import errno
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from debrissim.core import files
from debrissim.core.errors import InputError, RunError
from debrissim.results import claim as claims
from debrissim.results.claim import adding, claimed
from debrissim.results.folder import read_summary, write_claimed, write_json
from debrissim.results.own_files import _is_ours, add_own, foreign_entries, own_files, seal
from debrissim.results.result import plotted

OLDER = {"totals": {}, "events": [], "provenance": {"scenario": {}, "versions": {"debrissim": "0.1.0"}}}
Filled = TypeVar("Filled")


def write_folder(folder: Path, fill: Callable[[Path], Filled], *, force: bool = False) -> Filled:
    with claimed(folder, force=force) as claim:
        return write_claimed(claim, fill)


def fill(folder: Path, text: str = "new", figures: tuple[str, ...] = ("density",)) -> None:
    """Write what a run writes, in its order."""
    (folder / "conjunctions.csv").write_text(text, encoding="utf-8")
    (folder / "cdm").mkdir()
    (folder / "cdm" / "25544_conj_900000001_20241101T000000000.cdm").write_text(text, encoding="utf-8")
    write_json(folder / "summary.json", {"text": text})
    (folder / "plots").mkdir()
    for name in figures:
        (folder / "plots" / f"{name}.png").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(text, encoding="utf-8")


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A results folder of an earlier run, alone in its parent."""
    folder = tmp_path / "place" / "results"
    write_folder(folder, lambda partial: fill(partial, "old", ("density", "age_pc")))
    return folder


def replace(folder: Path) -> None:
    write_folder(folder, fill, force=True)


def test_own_results_are_replaced_whole_and_only_on_request(results: Path) -> None:
    old = content(results)
    with pytest.raises(InputError, match=r"results: exists already; give another folder \(--out\)"):
        write_folder(results, fill)
    assert content(results) == old
    replace(results)
    new = content(results)
    assert set(new) == set(old) - {"plots/age_pc.png"}
    assert new["conjunctions.csv"] == "new"
    assert [path.name for path in results.parent.iterdir()] == ["results"]
    assert write_folder(results, lambda _: 7, force=True) == 7
    assert set(content(results)) == {"run.json"}


@pytest.mark.parametrize(
    "name",
    [
        "thesis.tex",
        "notes/chapter.md",
        "plots/mine.png",
        "plots/holiday/a.jpg",
        "cdm/mine.cdm",
        ".hidden",
        "a b$",
    ],
)
def test_a_file_of_the_users_stops_the_run_before_it_begins(results: Path, name: str) -> None:
    mine = results / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("years", encoding="utf-8")
    before = content(results)
    begun = []
    shown = (
        name
        if name.count("/") == 0 or name.startswith(("plots/m", "cdm/"))
        else name.rpartition("/")[0] + "/"
    )
    with pytest.raises(InputError, match=r"not written by this program; move that away") as refused:
        write_folder(results, begun.append, force=True)
    assert f"holds {shown}, not written" in str(refused.value)
    assert not begun
    assert content(results) == before


@pytest.mark.parametrize(
    "summary",
    ['{"my": "own"}', "", "[]", "[" * 100_000, '{"totals": 1, "provenance": {}}', json.dumps({"a": OLDER})],
)
def test_a_folder_with_a_summary_of_another_program_is_not_a_results_folder(
    tmp_path: Path, summary: str
) -> None:
    work = tmp_path / "work"
    (work / "thesis").mkdir(parents=True)
    (work / "summary.json").write_text(summary, encoding="utf-8")
    (work / "thesis" / "thesis.tex").write_text("years", encoding="utf-8")
    (work / "run.json").write_text('{"written_utc": "2020", "seconds": {}}', encoding="utf-8")
    before = content(work)
    with pytest.raises(
        InputError, match=r"work: is not a results folder, --force does not replace it \(run\.json, "
    ):
        replace(work)
    assert content(work) == before


def test_a_folder_that_holds_results_of_several_runs_is_kept(results: Path) -> None:
    inner = results / "iss_week"
    write_folder(inner, lambda partial: fill(partial, "hours"))
    before = content(results)
    with pytest.raises(InputError, match="holds iss_week/, not written by this program"):
        replace(results)
    with pytest.raises(InputError, match=r"place: is not a results folder, .* \(results/ in it\)"):
        replace(results.parent)
    assert content(results) == before


def test_a_folder_of_an_earlier_version_is_recognised_by_its_summary(tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    fill(older, "old", ("density", "age_pc"))
    (older / "summary.json").write_text(json.dumps(OLDER), encoding="utf-8")
    (older / "run.json").write_text('{"written_utc": "2024", "seconds": {}}', encoding="utf-8")
    (older / "thesis.tex").write_text("years", encoding="utf-8")
    with pytest.raises(InputError, match=r"older: holds thesis\.tex, not written"):
        replace(older)
    (older / "thesis.tex").rename(tmp_path / "thesis.tex")
    replace(older)
    assert read_summary(older) == {"text": "new"}


def test_a_list_of_own_files_never_reaches_out_of_the_folder(results: Path) -> None:
    mine = results.parent / "mine.csv"
    mine.write_text("years", encoding="utf-8")
    record = json.loads((results / "run.json").read_text(encoding="utf-8"))
    record["files"] += ["../mine.csv", str(mine), "plots", "..", "", 7]
    (results / "run.json").write_text(json.dumps(record), encoding="utf-8")
    replace(results)
    assert mine.read_text(encoding="utf-8") == "years"


def test_figures_plotted_later_are_own_files_too(results: Path) -> None:
    figure = results / "plots" / "later.svg"
    figure.write_text("x", encoding="utf-8")
    assert foreign_entries(results, own_files(results) or frozenset()) == ["plots/later.svg"]
    add_own(results, [figure])
    assert foreign_entries(results, own_files(results) or frozenset()) == []


def test_links_are_followed_to_the_folder_and_never_through_it(results: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(results)
    replace(link)
    assert link.is_symlink()
    assert read_summary(results) == {"text": "new"}
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "density.png").write_text("holiday", encoding="utf-8")
    for path in (results / "plots").iterdir():
        path.unlink()
    (results / "plots").rmdir()
    (results / "plots").symlink_to(pictures)
    with pytest.raises(InputError, match="holds plots, not written"):
        replace(results)
    (results / "plots").unlink()
    (results / "report.html").unlink()
    (results / "report.html").symlink_to(pictures / "density.png")
    with pytest.raises(InputError, match=r"holds report\.html, not written"):
        replace(results)
    assert content(pictures) == {"density.png": "holiday"}
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises((InputError, RunError), match="loop: "):
        write_folder(tmp_path / "loop", fill, force=True)


def test_a_second_writer_is_refused_before_it_computes(results: Path) -> None:
    with (
        claimed(results, force=True),
        pytest.raises(RunError, match="results: another process is writing it"),
    ):
        replace(results)
    outcome: list[str] = []

    def other() -> None:
        try:
            replace(results)
        except RunError as error:
            outcome.append(str(error))

    with claimed(results, force=True):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert outcome == [f"{results}: another process is writing it"]
    replace(results)


def test_figures_are_not_plotted_into_a_folder_that_is_being_replaced(results: Path) -> None:
    with (
        claimed(results, force=True),
        pytest.raises(RunError, match="results: another process is writing it"),
    ):
        plotted(results, lambda: [])
    assert plotted(results, lambda: [results / "plots" / "density.png"]) == [
        results / "plots" / "density.png"
    ]
    with adding(results), pytest.raises(RunError, match="results: another process is writing it"):
        replace(results)


def test_the_lock_of_a_killed_process_is_free(results: Path) -> None:
    program = (
        "import sys, os, pathlib\nfrom debrissim.results.claim import claimed\n"
        "with claimed(pathlib.Path(sys.argv[1]), force=True) as claim:\n"
        "    claim.write(lambda folder: (folder.joinpath('summary.json').write_text('{}'), os._exit(9)))"
    )
    before = content(results)
    code = subprocess.run([sys.executable, "-c", program, str(results)], check=False).returncode
    assert code == 9
    assert len(list(results.parent.iterdir())) == 3
    assert content(results) == before
    replace(results)
    leftover = [path.name for path in results.parent.iterdir() if path.name != "results"]
    # Without run.json nothing shows that the folder is ours: it is left alone.
    assert all(name.startswith(".results.partial-") for name in leftover)


def test_leftovers_are_removed_as_far_as_they_are_ours(results: Path) -> None:
    place = results.parent
    for name in (".results.partial-1-abcdef", ".results.partial-2-abcdef-old"):
        (place / name).mkdir()
        fill(place / name)
        (place / name / "summary.json").write_text(json.dumps(OLDER), encoding="utf-8")
    (place / ".results.partial-3-abcdef").mkdir()
    mine = place / ".results.partial-4-abcdef"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years", encoding="utf-8")
    (place / ".results.partial-mine").mkdir()
    replace(results)
    assert {path.name for path in place.iterdir()} == {"results", mine.name, ".results.partial-mine"}
    assert content(mine) == {"thesis.tex": "years"}


def test_an_earlier_folder_that_lost_its_name_gets_it_back(results: Path) -> None:
    old = content(results)
    results.rename(results.with_name(".results.partial-7-abcdef-old"))
    with pytest.raises(InputError, match="exists already"):
        write_folder(results, fill)
    assert content(results) == old


def test_something_foreign_that_comes_during_the_computation_stays(results: Path) -> None:
    def slow(partial: Path) -> None:
        fill(partial)
        (results / "thesis.tex").write_text("years", encoding="utf-8")

    with pytest.raises(RunError, match=r"holds thesis\.tex, not written .*; the results are in .*results-2$"):
        write_folder(results, slow, force=True)
    assert (results / "thesis.tex").exists()
    assert read_summary(results) == {"text": "old"}
    assert read_summary(results.with_name("results-2")) == {"text": "new"}


def test_what_cannot_be_written_is_known_before_the_computation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []

    def refused(folder: Path, match: str, kind: type[Exception] = RunError, *, force: bool = True) -> None:
        with pytest.raises(kind, match=match):
            write_folder(folder, begun.append, force=force)

    (tmp_path / "file").touch()
    refused(tmp_path / "file" / "results", r"results: cannot be written \(Not a directory\)")
    refused(tmp_path / "file", "file: is not a folder, --force does not replace it", InputError)
    refused(tmp_path / ("n" * 256), "cannot be written \\(File name too long\\)")
    deep = Path(*["d" * 200] * 20)
    refused(tmp_path / deep, "cannot be written \\(File name too long\\)")
    refused(Path("\0"), "expected the path of a folder", InputError)
    monkeypatch.chdir(tmp_path)
    refused(Path(), "is or holds the working folder", InputError)
    refused(Path("/"), "expected the path of a folder", InputError)
    refused(Path("/proc/self/results"), "cannot be written")
    usage = claims.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(claims.shutil, "disk_usage", lambda _path: usage)
    refused(tmp_path / "a" / "b", r"b: cannot be written \(0 MB are free on the disk, 17 are needed\)")
    assert not begun
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(
    os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(), reason="root may write anywhere"
)
def test_a_folder_without_permission_is_known_before_the_computation(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    program = (
        "import sys\nfrom debrissim.results.claim import claimed\n"
        "with claimed(sys.argv[1], force=False):\n    print('computed')"
    )
    command = [sys.executable, "-c", program, str(closed / "results")]
    if os.geteuid() == 0:
        for folder in (tmp_path, *tmp_path.parents[:-2]):
            folder.chmod(0o755)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    process = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "computed" not in process.stdout
    assert "cannot be written (Permission denied)" in process.stderr or "No module" in process.stderr


@pytest.mark.parametrize("length", [100, 220, 250, 255])
def test_a_name_as_long_as_the_disk_takes_it_works(tmp_path: Path, length: int) -> None:
    folder = tmp_path / ("n" * length)
    write_folder(folder, fill)
    replace(folder)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_failure_while_writing_leaves_nothing_and_keeps_the_old(results: Path) -> None:
    before = content(results)

    def full(partial: Path) -> None:
        (partial / "half").touch()
        raise OSError(28, "No space left on device")

    def interrupted(_partial: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(RunError, match=r"results: cannot be written \(No space left on device\)"):
        write_folder(results, full, force=True)
    with pytest.raises(KeyboardInterrupt):
        write_folder(results, interrupted, force=True)
    with pytest.raises(KeyboardInterrupt):
        write_folder(results.parent / "deep" / "new", interrupted)
    assert [path.name for path in results.parent.iterdir()] == ["results"]
    assert content(results) == before


STEPS = ("open", "rename", "replace", "unlink", "mkdir", "rmdir")


def failing(monkeypatch: pytest.MonkeyPatch, number: int, stop: Callable[[], Any]) -> Iterator[int]:
    """Let the given call of those that change the disk end in `stop`; yields the number of calls so far."""
    calls = itertools.count()

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(calls) == number:
                stop()
            return change(*arguments, **options)

        return call

    for name in STEPS:
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    monkeypatch.setattr(files, "_exchange", counted(files._exchange))
    monkeypatch.setattr(files, "_synchronise", counted(files._synchronise))
    yield from calls


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_a_failure_of_any_step_leaves_the_old_results_or_the_new(
    tmp_path: Path, exchange: bool, kind: type[BaseException]
) -> None:
    def stop() -> None:
        raise kind(errno.ENOSPC, "No space left on device") if kind is OSError else kind

    complete = {"conjunctions.csv", "cdm/25544_conj_900000001_20241101T000000000.cdm", "summary.json"}
    outcomes = set()
    for number in itertools.count():
        folder = tmp_path / str(number) / "results"
        write_folder(folder, lambda partial: fill(partial, "old"))
        with pytest.MonkeyPatch.context() as patch:
            if not exchange:
                patch.setattr(files, "_exchange", lambda _first, _second: False)
            calls = failing(patch, number, stop)
            try:
                next(calls)
                replace(folder)
                failed = False
            except (RunError, KeyboardInterrupt):
                failed = True
            last = next(calls)
        files_of = content(folder)
        assert complete <= set(files_of), number
        (text,) = {files_of[name] for name in complete - {"summary.json"}}
        assert json.loads(files_of["summary.json"]) == {"text": text}
        outcomes.add(text)
        write_folder(folder, lambda partial: fill(partial, "newest"), force=True)
        assert content(folder)["conjunctions.csv"] == "newest"
        kept = {path.name for path in folder.parent.iterdir()} - {"results", "results-2"}
        assert kept == set(), (number, kept, failed)
        if last <= number:
            break
    assert outcomes == {"old", "new"}
    assert number > 10


@pytest.mark.parametrize("exchange", [True, False])
def test_a_kill_at_any_step_leaves_the_old_results_or_the_new(tmp_path: Path, exchange: bool) -> None:
    """In a process that ends without any clean-up; the next run finds whole results and cleans up."""
    for number in itertools.count(1):
        folder = tmp_path / str(number) / "results"
        write_folder(folder, lambda partial: fill(partial, "old"))
        process = os.fork()
        if process == 0:
            patch = pytest.MonkeyPatch()
            if not exchange:
                patch.setattr(files, "_exchange", lambda _first, _second: False)
            calls = failing(patch, number, lambda: os._exit(9))
            next(calls)
            try:
                replace(folder)
            finally:
                os._exit(0)
        _, status = os.waitpid(process, 0)
        if exchange:
            assert read_summary(folder)["text"] in ("old", "new")
        write_folder(folder, lambda partial: fill(partial, "newest"), force=True)
        assert content(folder)["conjunctions.csv"] == "newest"
        if os.waitstatus_to_exitcode(status) == 0:
            break
    assert number > 10


def test_a_full_disk_at_the_end_costs_the_figures_and_not_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "results"
    replaced = files._replace_file

    def full(path: Path, parts: Iterable[bytes]) -> None:
        if path.name == "run.json" and (path.parent / "plots" / "density.png").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        replaced(path, parts)

    monkeypatch.setattr(files, "_replace_file", full)
    write_folder(folder, fill)
    assert set(content(folder)) == {
        "conjunctions.csv",
        "cdm/25544_conj_900000001_20241101T000000000.cdm",
        "summary.json",
        "run.json",
    }
    assert foreign_entries(folder, own_files(folder) or frozenset()) == []


def test_sealing_lists_every_file(results: Path) -> None:
    record = json.loads((results / "run.json").read_text(encoding="utf-8"))
    assert record["program"] == "debrissim"
    assert record["files"] == sorted(content(results))
    seal(results)
    assert json.loads((results / "run.json").read_text(encoding="utf-8")) == record


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("plots/density.png", True),
        ("plots/25544_density.svg", True),
        ("plots/U-000001_density.png", True),
        ("plots/event_0_dilution_curve.png", True),
        ("plots/My-thesis.png", False),
        ("plots/X-000001_density.png", False),
    ],
)
def test_figures_of_a_run_and_of_one_spacecraft_are_known_by_their_names(name: str, ours: bool) -> None:
    assert _is_ours(name) == ours
