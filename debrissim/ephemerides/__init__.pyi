from .ephemeris import CovarianceHistory as CovarianceHistory
from .ephemeris import DeclaredManeuver as DeclaredManeuver
from .ephemeris import Ephemeris as Ephemeris
from .ephemeris import Segment as Segment
