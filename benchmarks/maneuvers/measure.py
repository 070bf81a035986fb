"""How true are trajectories after burns, and what does it cost to screen hundreds of them again?

    python -m benchmarks.maneuvers.measure [--size small|full] [--catalog FILE] [--out DIR]

The small size takes one time of a burn per orbit (`theory_error`) and twenty candidates against 3,000 objects
(`candidates`), and prints both tables; with --out DIR it writes them there. The full size takes the whole of both
(`--out` is then this folder by default), and `history` where the shared history of element sets is at hand.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.common import print_or_write, say
from benchmarks.covariance_calibration.pairs import SHARED
from benchmarks.maneuvers import candidates, history, theory_error

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--catalog", type=Path, help="a real catalogue instead of the bundled population")
    parser.add_argument("--out", type=Path, help="folder for the tables")
    asked = parser.parse_args()
    small = asked.size == "small"
    out = asked.out if small else asked.out or HERE
    rows = theory_error.rows_of("small" if small else "full")
    # 1,000 rows and more are no page to read.
    print_or_write(out, "theory_error.csv", theory_error.largest(rows, 3.0) if out is None else rows)
    print_or_write(out, "candidates.csv", candidates.rows_of(small, asked.catalog))
    if not small and (SHARED / history.HISTORY).is_file():
        history.main()
    elif not small:
        say("history: left out, as there is no shared history of element sets")


if __name__ == "__main__":
    main()
