from . import (
    disc as disc,
)
from . import (
    maximum as maximum,
)
from . import (
    quadrature as quadrature,
)
from . import (
    series as series,
)
from . import (
    sphere as sphere,
)
from . import (
    square as square,
)
