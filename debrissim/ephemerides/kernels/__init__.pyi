from . import (
    arcs as arcs,
)
from . import (
    gravity as gravity,
)
from . import (
    residuals as residuals,
)
from . import (
    state_lines as state_lines,
)
