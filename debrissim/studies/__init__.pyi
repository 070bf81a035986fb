from .breakup.study import BreakupScenario as BreakupScenario
from .evolution.history import Evolution as Evolution
from .flux import FluxScenario as FluxScenario
from .kind import Kind as Kind
from .kinds import KINDS as KINDS
from .kinds import get_kind as get_kind
from .penetration.study import PenetrationScenario as PenetrationScenario
from .protocol import load_scenario as load_scenario
from .protocol import open_results as open_results
from .protocol import parse_scenario as parse_scenario
from .protocol import plot as plot
from .protocol import report as report
from .protocol import run as run
from .risk_map import RiskMapScenario as RiskMapScenario
from .station_years.scenario import StationYearsScenario as StationYearsScenario
from .study import Study as Study
from .study import StudyResult as StudyResult

BreakupStudy = BreakupScenario
Flux = FluxScenario
Penetration = PenetrationScenario
RiskMap = RiskMapScenario
StationYears = StationYearsScenario
