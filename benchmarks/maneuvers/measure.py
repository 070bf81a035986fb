"""How true are trajectories after burns, and what does it cost to screen hundreds of them again?

    python -m benchmarks.maneuvers.measure [--size small|full] [--catalog FILE] [--out DIR | --record]

The small size takes one time of a burn per orbit (`theory_error`, of which the largest errors are written) and twenty
candidates against 3,000 objects (`candidates`). The full size takes the whole of both, and `history` where the shared
history of element sets is at hand.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.common import options, say, write_csv
from benchmarks.covariance_calibration.pairs import SHARED
from benchmarks.maneuvers import candidates, history, theory_error

HERE = Path(__file__).resolve().parent


def main() -> None:
    asked = options(__doc__, HERE)
    rows = theory_error.rows_of("small" if asked.small else "full")
    # 1,000 rows and more are no page to read.
    write_csv(asked.out / "theory_error.csv", theory_error.largest(rows, 3.0) if asked.small else rows)
    write_csv(asked.out / "candidates.csv", candidates.rows_of(asked.small, asked.catalog))
    if not asked.small and (SHARED / history.HISTORY).is_file():
        history.main()
    elif not asked.small:
        say("history: left out, as there is no shared history of element sets")


if __name__ == "__main__":
    main()
