"""For schemathesis: what is right by form, and wrong for a reason that no schema can give.

Which moments are still to come is a matter of the clock, and which letters can be printed one of
Unicode. Both are tested by themselves.
"""

from typing import Any

import schemathesis

_BEFORE = "2014"  # the tests play a record of that year


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Whether a schema can judge this case."""
    end = (case.query or {}).get("end") if isinstance(case.query, dict) else None
    if isinstance(end, str) and end[:4].isdigit() and not "1970" < end[:4] < _BEFORE:
        return False
    who = case.body.get("who") if isinstance(case.body, dict) else None
    return not isinstance(who, str) or who.isprintable()
