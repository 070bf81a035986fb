from . import (
    catalog as catalog,
)
from . import (
    cdm as cdm,
)
from . import (
    conjunctions as conjunctions,
)
from . import (
    ephemerides as ephemerides,
)
from . import (
    hazard as hazard,
)
from . import (
    lint as lint,
)
from . import (
    maneuvers as maneuvers,
)
from . import (
    probability as probability,
)
from . import (
    propagation as propagation,
)
from . import (
    report as report,
)
from . import (
    results as results,
)
from . import (
    screening as screening,
)
from . import (
    sources as sources,
)
from . import (
    studies as studies,
)
from . import (
    uncertainty as uncertainty,
)
from . import (
    verification as verification,
)
from . import (
    watch as watch,
)
from .catalog.catalog import Catalog as Catalog
from .catalog.catalog import ObjectKind as ObjectKind
from .catalog.population.synthesis import synthetic_catalog as synthetic_catalog
from .catalog.read import read_catalog as read_catalog
from .cdm.assess import assess_cdms as assess_cdms
from .cdm.read import read_cdm as read_cdm
from .core.errors import DebrissimError as DebrissimError
from .core.errors import InputError as InputError
from .core.errors import RunError as RunError
from .core.time import Time as Time
from .core.versions import show_versions as show_versions
from .probability.collision import collision_probability as collision_probability
from .probability.method_checks import check_method as check_method
from .probability.registry import register_method as register_method
from .results.result import Result as Result
from .screening.encounters import Encounters as Encounters
from .screening.screen import screen as screen
from .screening.volumes import ScreeningVolume as ScreeningVolume
from .sources.fetch import fetch as fetch
from .sources.outcome import DownloadError as DownloadError
from .studies.avoidance.call import avoid as avoid
from .studies.protocol import load_scenario as load_scenario
from .studies.protocol import open_results as open_results
from .studies.protocol import run as run
from .verification.other_sources.compare import compare as compare
from .verification.verify import verify as verify
from .watch.series import follow_encounters as follow_encounters

__version__: str
