from .burns import Burns as Burns
from .burns import Direction as Direction
from .event import AvoidableEvent as AvoidableEvent
from .motion import ManeuverableMotion as ManeuverableMotion
from .motion import ManeuveredMotion as ManeuveredMotion
from .motion import Motion as Motion
from .motion import MotionStatus as MotionStatus
