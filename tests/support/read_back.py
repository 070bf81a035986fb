"""The tables of a study in memory against those read from its folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from debrissim.results.schema import SCHEMAS
from debrissim.results.table import read_table
from debrissim.studies.study import StudyResult


def check_tables_read_back(result: StudyResult, folder: Path) -> None:
    """Assert that `folder` holds the tables of the result, as its kind declares them, with equal columns."""
    declared = {schema.name: schema for schema in SCHEMAS[result.scenario.kind]}
    assert set(result.tables) <= set(declared)
    assert {path.stem for path in folder.glob("*.csv")} == set(result.tables)
    for name, table in result.tables.items():
        read = read_table(folder / declared[name].file, declared[name])
        assert list(read.columns()) == list(table.columns())
        for column, values in table.columns().items():
            assert read[column].dtype == values.dtype, column
            np.testing.assert_array_equal(read[column], values, err_msg=f"{name}: {column}")
