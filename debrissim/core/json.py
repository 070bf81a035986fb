"""JSON in one go, with one sentence for every fault."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from debrissim.core.errors import InputError

TOO_DEEP = "JSON nested too deeply"


def parse_json(text: str, name: str, **options: Any) -> Any:
    """The value of a JSON text. options: those of `json.loads`.

    Raises InputError, naming file and line where there is one, for malformed JSON, for nesting beyond a thousand
    levels, for whole numbers of thousands of digits, for NaN and infinity, which are not JSON, and for numbers beyond
    the range of floats, which would become infinite.
    """

    def refuse(word: str) -> NoReturn:
        raise InputError(f"{name}: {word} is not a number of JSON")

    def finite(digits: str) -> float:
        value = float(digits)
        if math.isinf(value):
            raise InputError(f"{name}: {digits[:20]} is beyond the range of floating-point numbers")
        return value

    try:
        return json.loads(text, **{"parse_constant": refuse, "parse_float": finite, **options})
    except json.JSONDecodeError as error:
        raise InputError(f"{name}: line {error.lineno}: malformed JSON ({error.msg})") from None
    except RecursionError:
        raise InputError(f"{name}: {TOO_DEEP}") from None
    except ValueError:
        raise InputError(f"{name}: a whole number of thousands of digits") from None
