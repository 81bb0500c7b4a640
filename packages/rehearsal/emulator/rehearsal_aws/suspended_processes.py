"""SuspendProcesses and ResumeProcesses of Auto Scaling, which ministack has not.

Of the processes only ReplaceUnhealthy is one that the emulated group heeds.
"""

from ministack.services import autoscaling as asg

from . import fleet

PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)
HEEDED = ("ReplaceUnhealthy",)


def install() -> None:
    """Adds both actions."""
    asg._ACTION_MAP["SuspendProcesses"] = lambda params: _change("SuspendProcesses", params)
    asg._ACTION_MAP["ResumeProcesses"] = lambda params: _change("ResumeProcesses", params)


def suspended(group: dict, process: str) -> bool:
    return process in group.get("RehearsalSuspended", ())


def _change(action: str, params: dict) -> tuple:
    name = asg._p(params, "AutoScalingGroupName")
    named = asg._parse_member_list(params, "ScalingProcesses") or list(PROCESSES)
    unknown = [process for process in named if process not in PROCESSES]
    if name not in asg._asgs:
        return asg._error("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup: {name} not found")
    if unknown:
        return asg._error("ValidationError", f"Invalid scaling process name: {unknown[0]}")
    unheeded = [process for process in named if process not in HEEDED]
    if unheeded:
        return asg._error("ValidationError", f"the rehearsal cannot suspend {', '.join(unheeded)}, only {', '.join(HEEDED)}")
    with fleet.lock:
        group = asg._asgs[name]
        before = set(group.get("RehearsalSuspended", ()))
        group["RehearsalSuspended"] = sorted(before | set(named) if action == "SuspendProcesses" else before - set(named))
    return asg._xml(200, f"{action}Response", "")
