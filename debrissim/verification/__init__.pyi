from . import other_sources as other_sources
from .comparison import Finding as Finding
from .other_sources.compare import compare as compare
from .other_sources.result import Comparison as Comparison
from .verify import Verification as Verification
from .verify import verify as verify
