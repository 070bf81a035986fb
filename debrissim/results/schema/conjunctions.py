"""The files of a run of conjunctions."""

from __future__ import annotations

from debrissim.results.table import Column, Schema

# Shared by conjunctions.csv and track.csv.
MISS = (
    Column("miss_distance_km", "float", "distance at TCA, from SGP4"),
    Column(
        "miss_distance_sigma_km",
        "float",
        "modelled standard deviation of the position difference along the miss",
    ),
)
AGES = (
    Column("primary_age_days", "float", "age of the primary's element set, or of its ephemeris, at TCA"),
    Column("secondary_age_days", "float", "age of the secondary's element set, or of its ephemeris, at TCA"),
)
# Shared by conjunctions.csv, events.csv and tracks.csv.
_POSITION = (
    Column("relative_position_r_km", "float", "secondary minus primary, radial"),
    Column("relative_position_t_km", "float", "transverse"),
    Column("relative_position_n_km", "float", "normal"),
)
_VELOCITY = (
    Column("relative_velocity_r_km_s", "float", "secondary minus primary, radial"),
    Column("relative_velocity_t_km_s", "float", "transverse"),
    Column("relative_velocity_n_km_s", "float", "normal"),
)
_PLANE = (
    Column("plane_miss_x_km", "float", "projected miss in the encounter plane, horizontal part"),
    Column("plane_miss_y_km", "float", "vertical part, along the projection of the primary's radial"),
    Column("plane_covariance_xx_km2", "float", "projected combined covariance, same axes: variance of x"),
    Column("plane_covariance_xy_km2", "float", "covariance of x and y"),
    Column("plane_covariance_yy_km2", "float", "variance of y"),
    Column("plane_covariance_xz_km2", "float", "covariance of x and z, z along the relative velocity"),
    Column("plane_covariance_yz_km2", "float", "covariance of y and z"),
    Column("plane_covariance_zz_km2", "float", "variance of z"),
)

_ORIGINS = "real (listed in a catalogue), synthetic, fragment (of a modelled breakup) or unnumbered"

CONJUNCTIONS = Schema(
    "conjunctions.csv",
    "one close approach, in the order of TCA",
    (
        Column("tca_utc", "time", "time of closest approach, UTC"),
        Column("tca_s", "float", "the same in seconds since the start of the span"),
        Column("primary_norad_id", "id", "catalogue number of the primary"),
        Column("primary_name", "text", "its name"),
        Column("primary_origin", "text", f"of the primary: {_ORIGINS}"),
        Column(
            "secondary_norad_id",
            "id",
            "catalogue number of the secondary; S-, F- or U- and digits: in no catalogue",
        ),
        Column("secondary_name", "text", "its name; for a sampled object, which has none, its kind"),
        Column("secondary_origin", "text", f"of the secondary: {_ORIGINS}"),
        Column("object_kind", "text", "of the secondary: payload, rocket body, debris, unknown"),
        Column("parent_event", "text", "the breakup the secondary comes from, if known"),
        Column(
            "synthetic",
            "bool",
            "true: with an object that was sampled from a statistical model and does not exist",
        ),
        Column(
            "status",
            "text",
            "minimum, or span start, span end: its TCA is outside the span, or outside the time for which both objects "
            "exist, and the nearest moment represents it; switch: its TCA is where an object changes from one element "
            "set or arc of an ephemeris to the next",
        ),
        Column(
            "volumes",
            "text",
            'the screening volumes that the secondary is in at any moment of the approach (with inside = "tca": at '
            "TCA), separated by ;",
        ),
        # Folders written before version 0.2 lack the optional columns.
        Column(
            "entry_s",
            "float",
            "time when the secondary enters the volumes (any of them), s since the start of the span; empty: inside "
            "when "
            "the span or an object's data begin",
            optional=True,
        ),
        Column(
            "exit_s",
            "float",
            "time when it leaves them, s since the start of the span; empty: inside when the span or an object's data "
            "end",
            optional=True,
        ),
        Column("inside_at_tca", "bool", "true: also in one of the volumes at TCA", optional=True),
        *MISS,
        *_POSITION,
        Column("relative_speed_km_s", "float", "relative speed at TCA"),
        *_VELOCITY,
        Column(
            "approach_azimuth_deg",
            "float",
            "where the secondary comes from: 0 ahead, +90 starboard, -90 port, 180 behind",
        ),
        Column("approach_elevation_deg", "float", "+90 from the zenith, -90 from the nadir"),
        Column(
            "collision_probability",
            "float",
            "collision probability, by collision_probability_method with covariance_model",
        ),
        Column(
            "collision_probability_half_sigma", "float", "the same if every modelled sigma were half as large"
        ),
        Column(
            "collision_probability_double_sigma",
            "float",
            "the same if every modelled sigma were twice as large",
        ),
        Column(
            "collision_probability_low",
            "float",
            "its minimum over all factors from half to twice on every modelled sigma, and with the error that all "
            "element sets of an object have in common if the model has none",
        ),
        Column("collision_probability_high", "float", "its maximum over them"),
        Column("collision_probability_method", "text", "name of the method"),
        Column("maximum_probability", "float", "maximum over the scale of the covariance"),
        Column("maximum_sigma_factor", "float", "the factor on every sigma that gives it"),
        Column(
            "dilution",
            "bool",
            "true: in the dilution region, where better tracking would raise the probability",
        ),
        Column("flags", "text", "applicability of the probability, separated by ;"),
        Column(
            "covariance_model", "text", "source of the covariance, for each role if an ephemeris states one"
        ),
        Column(
            "primary_covariance_source",
            "text",
            "modelled, given (in the scenario's table), or stated, interpolated or propagated in its ephemeris",
            optional=True,
        ),
        Column("secondary_covariance_source", "text", "the same for the secondary", optional=True),
        Column("hard_body_radius_m", "float", "combined hard-body radius of both objects"),
        Column("primary_radius_is_default", "bool", "true: the primary's radius is its class default"),
        Column("hard_body_radius_is_default", "bool", "true: the secondary's radius is its class default"),
        *AGES,
        Column(
            "primary_sigma_r_km",
            "float",
            "modelled standard deviation of the primary's position in its own RTN, radial",
        ),
        Column("primary_sigma_t_km", "float", "the same, transverse"),
        Column("primary_sigma_n_km", "float", "the same, normal"),
        Column(
            "secondary_sigma_r_km",
            "float",
            "modelled standard deviation of the secondary's position in its own RTN, radial",
        ),
        Column("secondary_sigma_t_km", "float", "the same, transverse"),
        Column("secondary_sigma_n_km", "float", "the same, normal"),
        *_PLANE,
        Column(
            "primary_mass_is_default", "bool", "true: the primary's mass is its class default, a rough guess"
        ),
        Column(
            "secondary_mass_kg", "float", "from the size table or the class default: a wide guess for debris"
        ),
        Column(
            "secondary_mass_is_default",
            "bool",
            "true: that mass is its class default, a guess: see its range",
        ),
        Column("impact_energy_j", "float", "kinetic energy of the smaller object relative to the larger"),
        Column("energy_to_mass_j_g", "float", "impact energy per gram of the larger object"),
        Column(
            "catastrophic", "bool", "true: 40 J/g or more, both would break up (NASA standard breakup model)"
        ),
        Column(
            "secondary_mass_low_kg",
            "float",
            "5 % of objects of its kind are lighter; the mass itself where it is known",
        ),
        Column(
            "secondary_mass_high_kg",
            "float",
            "5 % of objects of its kind are heavier; the mass itself where it is known",
        ),
        Column("energy_to_mass_low_j_g", "float", "minimum over the range of the masses"),
        Column("energy_to_mass_high_j_g", "float", "maximum over the range of the masses"),
        Column("catastrophic_over_range", "text", "never, possibly or always, over the range of the masses"),
        Column(
            "fragments_above_10_cm",
            "float",
            "expected number of fragments of at least 10 cm from a hit (NASA standard breakup model); empty if a mass "
            "is unknown",
        ),
        Column(
            "fragments_above_10_cm_low",
            "float",
            "minimum of that number over the range of the masses",
        ),
        Column("fragments_above_10_cm_high", "float", "maximum of that number over the range"),
        Column(
            "fragments_above_1_cm",
            "float",
            "expected number of fragments of at least 1 cm from a hit (NASA standard breakup model); empty if a mass "
            "is unknown",
        ),
        Column(
            "fragments_above_1_cm_low",
            "float",
            "minimum of that number over the range of the masses",
        ),
        Column("fragments_above_1_cm_high", "float", "maximum of that number over the range"),
        Column("primary_latitude_deg", "float", "geodetic latitude of the primary at TCA (WGS-84)"),
        Column("primary_longitude_deg", "float", "its longitude, -180 to 180, east positive"),
        Column("primary_altitude_km", "float", "its altitude over the ellipsoid"),
        Column("primary_x_km", "float", "position of the primary at TCA, TEME of date, x"),
        Column("primary_y_km", "float", "the same, y"),
        Column("primary_z_km", "float", "the same, z"),
        Column("primary_vx_km_s", "float", "velocity of the primary at TCA, TEME of date, x"),
        Column("primary_vy_km_s", "float", "the same, y"),
        Column("primary_vz_km_s", "float", "the same, z"),
        Column("secondary_x_km", "float", "position of the secondary at TCA, TEME of date, x"),
        Column("secondary_y_km", "float", "the same, y"),
        Column("secondary_z_km", "float", "the same, z"),
        Column("secondary_vx_km_s", "float", "velocity of the secondary at TCA, TEME of date, x"),
        Column("secondary_vy_km_s", "float", "the same, y"),
        Column("secondary_vz_km_s", "float", "the same, z"),
    ),
)


EVENTS = Schema(
    "events.csv",
    "one method of probability for one conjunction of a message",
    (
        Column("event", "int", "number of the conjunction, from 0, in the order of the scenario"),
        Column("file", "text", "the message it comes from, as the scenario writes it"),
        Column("message_id", "text", "the message's own name"),
        Column("originator", "text", "organisation that made it"),
        Column("tca_utc", "time", "time of closest approach that it states, UTC"),
        Column("primary_designator", "text", "OBJECT1"),
        Column("primary_name", "text", "its name"),
        Column("secondary_designator", "text", "OBJECT2"),
        Column("secondary_name", "text", "its name"),
        Column("miss_distance_km", "float", "distance between the states of the message"),
        Column("relative_speed_km_s", "float", "relative speed of those states"),
        Column("hard_body_radius_m", "float", "combined hard-body radius of both objects"),
        Column("method", "text", "name of the method; one row per method"),
        Column("collision_probability", "float", "by that method; empty where it cannot be applied"),
        Column(
            "lower", "float", "the method's own lower bound (proved, from quadrature, or 95 % confidence)"
        ),
        Column("upper", "float", "the method's own upper bound"),
        Column("chosen", "bool", "true: the method to rely on, by the flags and by curvature"),
        Column("method_flags", "text", "flags of this method alone, separated by ;"),
        Column("flags", "text", "applicability of the encounter plane, separated by ;"),
        Column("maximum_probability", "float", "maximum over the scale of the covariance"),
        Column("maximum_sigma_factor", "float", "the factor on every sigma that gives it"),
        Column("dilution", "bool", "true: in the dilution region"),
        Column("stated_probability", "float", "collision probability that the message states"),
        Column("stated_method", "text", "method that the message names"),
        *_POSITION,
        *_VELOCITY,
        *_PLANE,
    ),
)

TRACKS = Schema(
    "tracks.csv",
    "one moment of one of the most probable encounters, by SGP4",
    (
        Column("encounter", "int", "row of conjunctions.csv, from 0"),
        Column("time_s", "float", "time since TCA"),
        *_POSITION,
    ),
)

DENSITY = Schema(
    "density.csv",
    "one altitude shell",
    (
        Column("altitude_low_km", "float", "lower edge, above the equatorial radius"),
        Column("altitude_high_km", "float", "upper edge"),
        Column("*_per_km3", "float", "objects of a kind per cubic kilometre, averaged over their orbits"),
    ),
)
