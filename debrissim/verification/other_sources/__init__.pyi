from .causes import Cause as Cause
from .causes import Explanation as Explanation
from .compare import compare as compare
from .read_other import read_other as read_other
from .reported import OtherList as OtherList
from .reported import ReportedEvents as ReportedEvents
from .result import Comparison as Comparison
