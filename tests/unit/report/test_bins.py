"""The edges of the bins of a table."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.report.bins import bin_edges


def test_adjoining_bins_share_their_edges() -> None:
    assert bin_edges(np.array([0.0, 2.0]), np.array([2.0, 5.0])).tolist() == [0.0, 2.0, 5.0]
    assert bin_edges(np.array([]), np.array([])).size == 0


@pytest.mark.parametrize("low", [[0.0, 0.0, 2.0], [2.0, 0.0, 1.0], [0.0, np.nan, 2.0]])
def test_edges_that_do_not_ascend_are_refused(low: list[float]) -> None:
    with pytest.raises(ValueError, match="do not ascend"):
        bin_edges(np.array(low), np.array([2.0, 4.0, 6.0]))
