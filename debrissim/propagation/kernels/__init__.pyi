from . import (
    contact as contact,
)
from . import (
    deep_space as deep_space,
)
from . import (
    epoch_states as epoch_states,
)
from . import (
    near_earth as near_earth,
)
from . import (
    sgp4 as sgp4,
)
from . import (
    two_body as two_body,
)
