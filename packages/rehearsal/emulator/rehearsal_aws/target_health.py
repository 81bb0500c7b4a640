"""Target health as the load balancer saw it.

ministack calls every target healthy. Who plays the load balancer reports what its checks found, by an action of the
same API (`RehearsalSetTargetHealth`: TargetGroupArn, States as JSON), and DescribeTargetHealth answers with that.
"""

import json
from typing import TypedDict
from xml.sax.saxutils import escape

from ministack.services import alb


class TargetState(TypedDict, total=False):
    """What is known of a target: `initial`, `healthy`, `unhealthy` or `draining`, and why."""

    state: str
    reason: str


_reported: dict[str, dict[str, TargetState]] = {}


def install() -> None:
    """Adds the action and replaces DescribeTargetHealth."""
    alb._ACTION_MAP["RehearsalSetTargetHealth"] = _set_target_health
    alb._ACTION_MAP["DescribeTargetHealth"] = _describe_target_health


def _set_target_health(params: dict) -> tuple:
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
    _reported[arn] = json.loads(alb._p(params, "States"))
    return alb._xml(200, "RehearsalSetTargetHealth", "")


def _describe_target_health(params: dict) -> tuple:
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
    registered = alb._targets.get(arn, [])
    default_port = alb._tgs[arn].get("Port", 80)
    known = _reported.get(arn, {})
    members = [_member(target["Id"], target.get("Port", default_port), known.get(target["Id"], {})) for target in registered]
    draining = [
        _member(target_id, default_port, state)
        for target_id, state in known.items()
        if state.get("state") == "draining" and all(target["Id"] != target_id for target in registered)
    ]
    descriptions = "".join(members + draining)
    return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{descriptions}</TargetHealthDescriptions>")


def _member(target_id: str, port: int, state: TargetState) -> str:
    reason = f"<Reason>{escape(state['reason'])}</Reason>" if state.get("reason") else ""
    return (
        f"<member><Target><Id>{target_id}</Id><Port>{port}</Port></Target>"
        f"<TargetHealth><State>{state.get('state', 'initial')}</State>{reason}</TargetHealth></member>"
    )
