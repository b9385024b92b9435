"""How long Meta wants us to be silent: calling on makes the wait longer.

Facts: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

import json
from datetime import timedelta

import httpx

from handoff.channel.meta import objects

USAGE = "X-Business-Use-Case-Usage"
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)


def wait_asked(response: httpx.Response) -> timedelta:
    try:
        usage = json.loads(response.headers.get(USAGE, "{}"))
        minutes = [
            int(one.get("estimated_time_to_regain_access") or 0)
            for use in usage.values()
            for one in objects(use)
        ]
    except (ValueError, TypeError, AttributeError):
        minutes = []
    return min(max(SHORTEST, timedelta(minutes=max(minutes, default=0))), LONGEST)
