"""Keep the outputs of one version and compare them with the outputs of another, byte for byte.

    python tests/support/result_bytes.py keep before              # with the version before a change
    python tests/support/result_bytes.py keep after               # with the version after it
    python tests/support/result_bytes.py compare before after

The README promises that one scenario and one catalogue give the same bytes in every file but run.json; a change of
structure must keep that promise. `keep` runs the `debrissim` of the Python that starts it: every file in scenarios/,
variants that produce the rarer columns and files, exports, a series of two catalogues, and `pc --json`. Real catalogues
take part where the shared data exist (DEBRISSIM_SHARED, by default ../shared). `--only PATTERN` selects jobs by name.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or ROOT.parent / "shared")
CATALOG_2024 = SHARED / "data/catalogues/2024-11-01_celestrak_omm.csv.xz"
SIZES = SHARED / "data/sizes/hbr_mass_2024-11-01.csv.xz"
CDM_FOLDER = SHARED / "data/cdm/cara"

_TLE = """
tle = [
    "1 25544U 98067A   21319.86359406  .00001699  00000-0  39549-4 0  9996",
    "2 25544  51.6442 312.7312 0004574 201.3017 242.9752 15.48581038312108",
]
prefer = "scenario"
hard_body_radius_m = 70.0
mass_kg = 419725.0
"""
# The keys are spelled as in version 0.1, which later versions accept: one text for both sides of a comparison.
VARIANTS = {
    "auto_with_messages": f"""
title = "auto, messages written, a filter"
[catalogue]
kinds = ["debris", "rocket body", "payload"]
perigee_km = [150.0, 1200.0]
[span]
start = 2021-11-15T12:00:00Z
duration_days = 3.0
[[primaries]]
norad_id = 25544
name = "ISS"
{_TLE}
[screening]
volumes = ["iss-2x25x25", "iss-watch-20x40x40", {{ name = "ball", sphere_km = 30.0 }}, {{ box_km = [3.0, 4.0, 5.0] }}]
[probability]
method = "auto"
[covariance]
model = "fixed"
fixed_sigma_rtn_km = [0.3, 3.0, 0.3]
[output]
cdm_above = 1e-9
cdm_format = "both"
""",
    "few_against_each_other": """
title = "all against all, a square, Socrates's errors, docked objects kept"
seed = 7
[span]
duration_days = 0.5
[[catalogue.sources]]
population = "bundled"
count = 1500
[screening]
mode = "all-vs-all"
volumes = ["socrates-5km"]
[co_location]
exclude = false
[covariance]
model = "socrates"
secondary_factor = 2.0
[probability]
method = "foster-square"
""",
}


def jobs(out: Path) -> Iterator[tuple[str, list[str]]]:
    """Every job as (name, arguments of `debrissim`), ordered so that each finds its inputs."""
    for path in sorted((ROOT / "scenarios").glob("*.toml")):
        yield path.stem, ["run", str(path), "--out", str(out / path.stem), "--quiet"]
    written = out / "scenarios"
    written.mkdir(parents=True, exist_ok=True)
    for name, text in VARIANTS.items():
        path = written / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        yield name, ["run", str(path), "--out", str(out / name), "--quiet"]
    if CDM_FOLDER.is_dir():
        messages = sorted(CDM_FOLDER.glob("*.cdm"))
        path = written / "messages.toml"
        events = "\n".join(f'[[events]]\nfile = "{message}"' for message in messages[:6])
        path.write_text(f'title = "Messages alone"\n{events}\n', encoding="utf-8")
        yield "messages", ["run", str(path), "--out", str(out / "messages"), "--quiet"]
        yield "pc.json", ["pc", *map(str, messages), "--hbr", "15", "--json"]
        yield "pc.txt", ["pc", *map(str, messages[:3]), "--hbr", "15"]
    if CATALOG_2024.is_file():
        real = ["--catalog", str(CATALOG_2024)]
        for name in ("iss_week", "stations_week"):
            scenario = str(ROOT / "scenarios" / f"{name}.toml")
            yield f"{name}_real", ["run", scenario, *real, "--out", str(out / f"{name}_real"), "--quiet"]
        path = written / "sizes.toml"
        path.write_text(
            'title = "Sizes, a name, numbers left out"\n[catalogue]\n'
            f'sizes = "{SIZES}"\nexclude_norad_ids = [49044]\nname = "*"\n[[catalogue.sources]]\n'
            f'file = "{CATALOG_2024}"\n[span]\nduration_days = 2.0\n'
            "[[primaries]]\nnorad_id = 25544\n[[primaries]]\nnorad_id = 48274\n",
            encoding="utf-8",
        )
        yield "sizes", ["run", str(path), "--out", str(out / "sizes"), "--quiet"]
    for form, ending in (("json", ".json"), ("parquet", ".parquet"), ("oem", "-oem"), ("czml", ".czml")):
        target = str(out / f"export{ending}")
        yield f"export_{form}", ["export", str(out / "iss_week"), "--format", form, "--out", target]
    population = str(out / "population.csv")
    yield "synthesize", ["catalog", "synthesize", str(out / "synthetic.csv"), "--count", "5000"]
    if CATALOG_2024.is_file():
        # The station is in the first of them; in the second it has the element set of the scenario.
        catalogs = ["--catalog", str(CATALOG_2024), "--catalog", str(out / "synthetic.csv")]
        iss = str(ROOT / "scenarios" / "iss_week.toml")
        yield "track", ["track", iss, *catalogs, "-n", "5", "--out", str(out / "track"), "--quiet"]
        yield "fit", ["catalog", "fit", str(CATALOG_2024), population]


def keep(out: Path, pattern: str) -> int:
    """Run every job into `out`; returns the number of failed jobs."""
    failed = 0
    for name, arguments in jobs(out):
        if not fnmatch.fnmatch(name, pattern):
            continue
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "debrissim", *arguments], capture_output=True, text=True, check=False
        )
        if arguments[0] == "pc":
            (out / name).write_text(done.stdout, encoding="utf-8")
        failed += done.returncode != 0
        outcome = "" if done.returncode == 0 else f" FAILED ({done.returncode}): {done.stderr.strip()[-400:]}"
        sys.stdout.write(f"{name}: {time.perf_counter() - begin:.1f} s{outcome}\n")
        sys.stdout.flush()
    return failed


def compare(before: Path, after: Path) -> int:
    """List the files that differ or exist on one side only; returns their number."""
    sides = [
        {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        for folder in (before, after)
    ]
    names = sorted(name for name in sides[0] | sides[1] if name.name != "run.json")
    differing = 0
    total = 0
    for name in names:
        if not (name in sides[0] and name in sides[1]):
            differing += 1
            sys.stdout.write(f"{name}: only in {before if name in sides[0] else after}\n")
            continue
        first, second = (before / name).read_bytes(), (after / name).read_bytes()
        total += len(first)
        if first != second:
            differing += 1
            sys.stdout.write(f"{name}: differs ({len(first)} and {len(second)} bytes)\n")
    sys.stdout.write(f"{len(names)} files, {total} bytes compared, {differing} differ\n")
    return differing


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    keeper = verbs.add_parser("keep", help="run every job into a folder")
    keeper.add_argument("out", type=Path)
    keeper.add_argument("--only", default="*", help="jobs whose name matches")
    comparer = verbs.add_parser("compare", help="compare two such folders")
    comparer.add_argument("before", type=Path)
    comparer.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.verb == "keep":
        given.out.mkdir(parents=True, exist_ok=True)
        return min(keep(given.out.absolute(), given.only), 1)
    return min(compare(given.before, given.after), 1)


if __name__ == "__main__":
    raise SystemExit(main())
