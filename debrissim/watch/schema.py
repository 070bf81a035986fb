"""The tables of a store of events, as SQL: one script for each version, applied in order.

A released script is never changed; a new version adds a script, and `PRAGMA user_version` counts those applied.
Times are a split Julian date (UTC) in two columns, `_jd` and `_fraction`, that keep every digit.
"""

from __future__ import annotations

APPLICATION_ID = 0x6465_6272
""" "debr" in ASCII: by it SQLite and `file` recognise the store."""

_VERSION_1 = """
CREATE TABLE catalogues (
    sha256 TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    source TEXT NOT NULL,
    epoch_jd REAL,
    epoch_fraction REAL
);

CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_utc TEXT NOT NULL
);

CREATE TABLE runs (
    batch INTEGER PRIMARY KEY REFERENCES batches,
    key TEXT NOT NULL UNIQUE,
    scenario_sha256 TEXT NOT NULL,
    title TEXT NOT NULL,
    made_jd REAL NOT NULL,
    made_fraction REAL NOT NULL,
    start_jd REAL NOT NULL,
    start_fraction REAL NOT NULL,
    span_days REAL NOT NULL,
    version TEXT NOT NULL,
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
    yellow REAL NOT NULL,
    red REAL NOT NULL
);

CREATE TABLE run_catalogues (
    run INTEGER NOT NULL REFERENCES runs,
    catalogue TEXT NOT NULL REFERENCES catalogues,
    PRIMARY KEY (run, catalogue)
) WITHOUT ROWID;

CREATE TABLE run_spacecraft (
    run INTEGER NOT NULL REFERENCES runs,
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (run, object)
) WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_object TEXT NOT NULL,
    second_object TEXT NOT NULL,
    CHECK (first_object <= second_object)
);
CREATE INDEX events_of_pair ON events (first_object, second_object);

CREATE TABLE updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES events,
    batch INTEGER NOT NULL REFERENCES batches,
    key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    reported_jd REAL NOT NULL,
    reported_fraction REAL NOT NULL,
    primary_object TEXT NOT NULL,
    primary_name TEXT NOT NULL,
    secondary_object TEXT NOT NULL,
    secondary_name TEXT NOT NULL,
    tca_jd REAL NOT NULL,
    tca_fraction REAL NOT NULL,
    miss_distance_km REAL NOT NULL,
    relative_position_r_km REAL, relative_position_t_km REAL, relative_position_n_km REAL,
    relative_velocity_r_km_s REAL, relative_velocity_t_km_s REAL, relative_velocity_n_km_s REAL,
    relative_speed_km_s REAL,
    covariance_rr_km2 REAL, covariance_tr_km2 REAL, covariance_tt_km2 REAL,
    covariance_nr_km2 REAL, covariance_nt_km2 REAL, covariance_nn_km2 REAL,
    probability REAL,
    probability_low REAL,
    probability_high REAL,
    probability_method TEXT NOT NULL,
    maximum_probability REAL,
    dilution INTEGER CHECK (dilution IN (0, 1)),
    hard_body_radius_m REAL,
    primary_age_days REAL,
    secondary_age_days REAL,
    status TEXT NOT NULL,
    flags TEXT NOT NULL,
    primary_x_km REAL, primary_y_km REAL, primary_z_km REAL,
    primary_vx_km_s REAL, primary_vy_km_s REAL, primary_vz_km_s REAL,
    secondary_x_km REAL, secondary_y_km REAL, secondary_z_km REAL,
    secondary_vx_km_s REAL, secondary_vy_km_s REAL, secondary_vz_km_s REAL,
    origin TEXT NOT NULL
);
CREATE INDEX updates_in_order ON updates (event, reported_jd, reported_fraction, id);
CREATE INDEX updates_of_batch ON updates (batch);

CREATE TABLE notes (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""

MIGRATIONS = (_VERSION_1,)
"""The scripts: number k takes a store of version k to version k + 1."""
