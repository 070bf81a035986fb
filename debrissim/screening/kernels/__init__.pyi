from . import (
    cells as cells,
)
from . import (
    pair_test as pair_test,
)
from . import (
    stays as stays,
)
