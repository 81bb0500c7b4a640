"""Instance refreshes: the instances of a group are replaced by those of its newest settings, a few at a time.

As Auto Scaling does it: launched before terminated when the group may exceed its size (MaxHealthyPercentage above 100),
terminated first otherwise; an alarm that goes off, or an hour without progress, ends it as failed. Minutes there are
seconds here, but for the hour: a model server on a CPU takes its time.
"""

import math
import os
import time

from ministack.core.responses import new_uuid, now_iso
from ministack.services import cloudwatch as cw

from . import fleet
from .launching import template_version

Group = dict
Instance = dict
Refresh = dict

# Warm-up and bake time are given in real seconds.
TIME_SCALE = 1 / 60

PATIENCE_S = float(os.environ.get("REHEARSAL_REFRESH_PATIENCE_S", "600"))



def install() -> None:
    """Lets every change of a group move its refresh on."""
    fleet.on_change(advance)


def active(group: Group) -> Refresh | None:
    """The refresh that is under way."""
    latest = next(iter(group.get("InstanceRefreshes") or []), None)
    return latest if latest and is_active(latest) else None


def is_active(refresh: Refresh) -> bool:
    """Whether it has not come to an end."""
    return refresh["Status"] in fleet.REFRESHING


def start(group: Group, preferences: dict, *, previous: dict | None = None, watch_alarms: bool = True) -> Refresh:
    """Begins to replace the group's instances; `previous` are the settings that a rollback goes back to."""
    running = active(group)
    if running:
        _end(group, running, "Cancelled", "superseded by another instance refresh")
    refresh = {
        "InstanceRefreshId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "Status": "InProgress",
        "StatusReason": "",
        "StartTime": now_iso(),
        "EndTime": now_iso(),
        "PercentageComplete": 0,
        "InstancesToUpdate": 0,
        "Preferences": preferences,
        "Previous": previous,
        "WatchAlarms": watch_alarms,
    }
    group.setdefault("InstanceRefreshes", []).insert(0, refresh)
    _mark(group, refresh, skip_matching=_flag(preferences, "SkipMatching"))
    # What has not served yet is not worth waiting for.
    for instance in [i for i in _outdated(group, refresh) if i["LifecycleState"].startswith("Pending")]:
        fleet.remove(group, instance)
    advance(group)
    return refresh


def cancel(group: Group, reason: str) -> Refresh | None:
    """Ends the refresh; what it has replaced stays replaced."""
    refresh = active(group)
    if refresh:
        _end(group, refresh, "Cancelled", reason)
    return refresh


def roll_back(group: Group, reason: str) -> Refresh:
    """Goes back to the settings of before, and replaces what has been replaced. Raises ValueError when it cannot."""
    refresh = active(group)
    if not refresh:
        raise LookupError(f"No active Instance Refresh for Auto Scaling group {group['AutoScalingGroupName']}")
    if not refresh["Previous"]:
        raise ValueError("An instance refresh without a desired configuration cannot be rolled back.")
    group["LaunchTemplate"] = refresh["Previous"]
    refresh.update(Status="RollbackInProgress", StatusReason=reason, WatchAlarms=False)
    _mark(group, refresh, skip_matching=True)
    for instance in [i for i in _outdated(group, refresh) if i["LifecycleState"].startswith("Pending")]:
        fleet.remove(group, instance)
    advance(group)
    return refresh


def advance(group: Group) -> None:
    """One step: ends the refresh, or launches and terminates what its percentages allow."""
    refresh = active(group)
    if not refresh or group.get("Deleting"):
        return
    alarm = _alarm_in_alarm(refresh)
    if alarm:
        _fail(group, refresh, f"the alarm {alarm} went off")
        return
    outdated = _outdated(group, refresh)
    ready = [instance for instance in fleet.alive(group) if _is_ready(group, refresh, instance)]
    _note_progress(group, refresh, len(outdated), sum(instance not in outdated for instance in ready))
    if refresh["Status"] == "Baking":
        if time.time() >= refresh["BakedAt"]:
            _end(group, refresh, "Successful", "")
    elif not outdated and len(ready) == len(group["Instances"]) >= group["DesiredCapacity"]:
        _finish(group, refresh)
    elif time.time() - refresh["ProgressAt"] > PATIENCE_S:
        _fail(group, refresh, "no instance was replaced for too long")
    else:
        _replace(group, refresh, outdated, ready)


def _replace(group: Group, refresh: Refresh, outdated: list[Instance], ready: list[Instance]) -> None:
    desired = group["DesiredCapacity"]
    least = float(refresh["Preferences"].get("MinHealthyPercentage", 90))
    most = float(refresh["Preferences"].get("MaxHealthyPercentage", 100))
    room = max(0, math.floor(desired * most / 100) - desired)
    if most > 100:
        # A share of a small group is less than one instance; one at a time is what is meant then.
        room = max(1, room)
    refresh["Room"] = room
    # What still drains takes up quota, too.
    surplus = len(group["Instances"]) - desired
    for _ in range(min(room, len(outdated)) - max(0, surplus)):
        if not fleet.may_launch(group):
            return
        fleet.launch(group, "an instance was started in response to an instance refresh")
    # With no room above its size the group must go below it, whatever the percentage says.
    keep = math.ceil(desired * least / 100) if room else min(math.ceil(desired * least / 100), desired - 1)
    for instance in outdated[: max(0, len(ready) - keep)]:
        if instance in ready:
            fleet.terminate(group, instance, "instance refresh")
    fleet.reconcile(group)


def _mark(group: Group, refresh: Refresh, *, skip_matching: bool) -> None:
    """Which instances it replaces."""
    current = str(template_version(group)[1]["VersionNumber"])
    refresh["Replace"] = {
        instance["InstanceId"]
        for instance in fleet.alive(group)
        if not skip_matching or instance["LaunchTemplate"]["Version"] != current
    }
    refresh.update(Left=len(refresh["Replace"]), ProgressAt=time.time())


def _outdated(group: Group, refresh: Refresh) -> list[Instance]:
    return [instance for instance in fleet.alive(group) if instance["InstanceId"] in refresh["Replace"]]


def _is_ready(group: Group, refresh: Refresh, instance: Instance) -> bool:
    """In service and warmed up; an instance that is to be replaced has been for long."""
    if instance["LifecycleState"] != "InService":
        return False
    warm_up = refresh["Preferences"].get("InstanceWarmup", group.get("DefaultInstanceWarmup") or 0)
    warm_at = instance.get("InServiceAt", 0) + float(warm_up) * TIME_SCALE
    return instance["InstanceId"] in refresh["Replace"] or time.time() >= warm_at


def _note_progress(group: Group, refresh: Refresh, outdated: int, renewed: int) -> None:
    total = max(1, len(refresh["Replace"]))
    left = max(outdated, min(total, group["DesiredCapacity"] - renewed))
    if left < refresh["Left"]:
        refresh.update(Left=left, ProgressAt=time.time())
    refresh["InstancesToUpdate"] = max(0, left)
    refresh["PercentageComplete"] = math.floor(100 * (total - max(0, left)) / total)


def _alarm_in_alarm(refresh: Refresh) -> str | None:
    if not refresh["WatchAlarms"]:
        return None
    names = (refresh["Preferences"].get("AlarmSpecification") or {}).get("Alarms") or []
    for name in names:
        alarm = cw._alarms.get(name) or cw._composite_alarms.get(name) or {}
        if alarm.get("StateValue") == "ALARM":
            return name
    return None


def _finish(group: Group, refresh: Refresh) -> None:
    if refresh["Status"] == "RollbackInProgress":
        _end(group, refresh, "RollbackSuccessful", refresh["StatusReason"])
        return
    refresh.update(Status="Baking", BakedAt=time.time() + float(refresh["Preferences"].get("BakeTime", 0)) * TIME_SCALE)
    advance(group)


def _fail(group: Group, refresh: Refresh, reason: str) -> None:
    if refresh["Status"] != "RollbackInProgress" and _flag(refresh["Preferences"], "AutoRollback") and refresh["Previous"]:
        roll_back(group, reason)
        return
    _end(group, refresh, "RollbackFailed" if refresh["Status"] == "RollbackInProgress" else "Failed", reason)


def _end(group: Group, refresh: Refresh, status: str, reason: str) -> None:
    refresh.update(Status=status, StatusReason=reason, EndTime=now_iso())
    if status == "Successful":
        refresh.update(PercentageComplete=100, InstancesToUpdate=0)
    else:
        _drop_newcomers(group, refresh)
    fleet.reconcile(group)


def _drop_newcomers(group: Group, refresh: Refresh) -> None:
    """What it launched beyond the size of the group and never served has nothing to drain."""
    surplus = max(0, len(fleet.alive(group)) - group["DesiredCapacity"])
    pending = [i for i in fleet.alive(group) if i["LifecycleState"].startswith("Pending") and i["InstanceId"] not in refresh["Replace"]]
    for instance in pending[:surplus]:
        fleet.remove(group, instance)


def _flag(preferences: dict, name: str) -> bool:
    return str(preferences.get(name, "false")).lower() == "true"
