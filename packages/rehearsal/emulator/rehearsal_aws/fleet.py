"""Auto Scaling groups whose instances have a life: launched, held by lifecycle hooks, in service, replaced.

Whoever plays the machines sees the instances through the API and acts on them; nothing here starts a process. Time
passes when somebody looks: every describing call first lets hooks expire and due launches happen.
"""

import math
import time

from ministack.core.responses import new_uuid, now_iso
from ministack.services import alb, ec2
from ministack.services import autoscaling as asg

from . import activities
from .launching import new_instance, template_version

Group = dict
Instance = dict

# Auto Scaling waits longer and longer after failed launches; minutes there, seconds here.
LONGEST_LAUNCH_PAUSE_S = 10

_LAUNCHING = "LAUNCHING"
_TERMINATING = "TERMINATING"


def find(instance_id: str) -> tuple[Group, Instance] | tuple[None, None]:
    """The group that holds an instance, and the group's record of it."""
    for group in asg._asgs.values():
        for instance in group["Instances"]:
            if instance["InstanceId"] == instance_id:
                return group, instance
    return None, None


def hook_of(group: Group, transition: str) -> dict | None:
    """The group's hook for `LAUNCHING` or `TERMINATING`."""
    for hook in asg._hooks.values():
        same_group = hook["AutoScalingGroupName"] == group["AutoScalingGroupName"]
        if same_group and hook["LifecycleTransition"].endswith(transition):
            return hook
    return None


def tick() -> None:
    """Lets time pass: hooks that nobody completed take their default result, paused launches happen."""
    now = time.time()
    for group in list(asg._asgs.values()):
        for instance in list(group["Instances"]):
            if instance["LifecycleState"].endswith(":Wait") and now >= instance["Deadline"]:
                _expire(group, instance)
        reconcile(group)
        advance_refresh(group)


def reconcile(group: Group) -> None:
    """Launches and terminates until the group has what is desired."""
    if group.get("Deleting"):
        return
    group["DesiredCapacity"] = max(group["MinSize"], min(group["MaxSize"], group["DesiredCapacity"]))
    while len(_alive(group)) < group["DesiredCapacity"] and _may_launch(group):
        launch(group, "an instance was started in response to a difference between desired and actual capacity")
    surplus = len(_alive(group)) - group["DesiredCapacity"] - (1 if group.get("Refreshing") else 0)
    not_yet_serving_first = sorted(_alive(group), key=lambda instance: instance["LifecycleState"] == "InService")
    for instance in not_yet_serving_first[: max(0, surplus)]:
        terminate(group, instance, "the group holds more than is desired")


def launch(group: Group, cause: str) -> None:
    """Starts an instance of the group's current launch template, up to its launch hook."""
    instance = new_instance(group)
    group["Instances"].append(instance)
    description = f"Launching a new EC2 instance: {instance['InstanceId']}"
    instance["Activity"] = activities.begin(group, description, cause)
    if not _hold(group, instance, _LAUNCHING):
        enter_service(group, instance)


def enter_service(group: Group, instance: Instance) -> None:
    """The launch hook was completed: the instance is registered with the balancer and counts."""
    instance["LifecycleState"] = "InService"
    group["FailedLaunches"] = 0
    for arn in group.get("TargetGroupARNs") or []:
        alb._targets.setdefault(arn, []).append({"Id": instance["InstanceId"], "Port": alb._tgs[arn].get("Port", 80)})
    activities.finish(instance["Activity"], "Successful")
    advance_refresh(group)


def abandon(group: Group, instance: Instance, why: str) -> None:
    """The launch hook was abandoned: the instance is terminated, and the next one waits a while."""
    failures = group["FailedLaunches"] = group.get("FailedLaunches", 0) + 1
    group["NextLaunchAt"] = time.time() + min(2 ** (failures - 1), LONGEST_LAUNCH_PAUSE_S)
    message = (
        "Instance failed to complete user's Lifecycle Action: "
        f"Lifecycle Action with token {instance['Token']} was abandoned: {why}"
    )
    activities.finish(instance["Activity"], "Cancelled", message)
    remove(group, instance)


def terminate(group: Group, instance: Instance, cause: str) -> None:
    """Takes an instance out of the balancer, then holds it by the terminate hook."""
    if instance["LifecycleState"].startswith("Terminating"):
        return
    _deregister(group, instance)
    _cancel_launch(instance)
    description = f"Terminating EC2 instance: {instance['InstanceId']}"
    instance["Activity"] = activities.begin(group, description, f"an instance was taken out of service: {cause}")
    if not _hold(group, instance, _TERMINATING):
        remove(group, instance)


def remove(group: Group, instance: Instance) -> None:
    """The instance is gone; the group makes up for it."""
    if instance not in group["Instances"]:
        return
    _deregister(group, instance)
    if instance["LifecycleState"].startswith("Terminating"):
        activities.finish(instance["Activity"], "Successful")
    else:
        _cancel_launch(instance)
    group["Instances"].remove(instance)
    ec2._terminate_instances({"InstanceId.1": instance["InstanceId"]})
    reconcile(group)
    advance_refresh(group)


def start_refresh(group: Group) -> str:
    """Begins to replace instances of older launch template versions; returns the refresh's id."""
    refresh = {
        "InstanceRefreshId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "Status": "InProgress",
        "StatusReason": "",
        "StartTime": now_iso(),
        "EndTime": now_iso(),
        "PercentageComplete": 0,
        "InstancesToUpdate": 0,
        "Preferences": {},
    }
    if group.get("Refreshing"):
        group["InstanceRefreshes"][0].update(Status="Cancelled", EndTime=now_iso())
    group["Refreshing"] = True
    group.setdefault("InstanceRefreshes", []).insert(0, refresh)
    for instance in [i for i in _outdated(group) if i["LifecycleState"].startswith("Pending")]:
        remove(group, instance)
    advance_refresh(group)
    return refresh["InstanceRefreshId"]


def advance_refresh(group: Group) -> None:
    """One step of a refresh: one instance after the other, launching before terminating."""
    if group.get("Deleting") or not group.get("Refreshing"):
        return
    refresh, alive, outdated = group["InstanceRefreshes"][0], _alive(group), _outdated(group)
    refresh["InstancesToUpdate"] = len(outdated)
    refresh["PercentageComplete"] = math.floor(100 * (len(alive) - len(outdated)) / max(1, len(alive)))
    if not outdated:
        group["Refreshing"] = False
        refresh.update(Status="Successful", EndTime=now_iso(), PercentageComplete=100)
        reconcile(group)
    elif any(instance["LifecycleState"] != "InService" for instance in group["Instances"]):
        return  # One at a time: what comes is not ready yet, or what goes is still draining.
    elif len(alive) <= group["DesiredCapacity"]:
        if _may_launch(group):
            launch(group, "an instance was started in response to an instance refresh")
    else:
        terminate(group, outdated[0], "instance refresh")


def _hold(group: Group, instance: Instance, transition: str) -> bool:
    hook = hook_of(group, transition)
    if not hook:
        return False
    instance["LifecycleState"] = "Pending:Wait" if transition == _LAUNCHING else "Terminating:Wait"
    instance["Hook"] = hook["LifecycleHookName"]
    instance["Token"] = new_uuid()
    instance["Deadline"] = time.time() + float(hook["HeartbeatTimeout"])
    activities.hold(instance["Activity"])
    return True


def _expire(group: Group, instance: Instance) -> None:
    launching = instance["LifecycleState"] == "Pending:Wait"
    hook = hook_of(group, _LAUNCHING if launching else _TERMINATING) or {}
    if not launching:
        remove(group, instance)
    elif hook.get("DefaultResult") == "CONTINUE":
        enter_service(group, instance)
    else:
        abandon(group, instance, "Heartbeat Timeout")


def _may_launch(group: Group) -> bool:
    return time.time() >= group.get("NextLaunchAt", 0)


def _cancel_launch(instance: Instance) -> None:
    if instance["LifecycleState"].startswith("Pending") and "EndTime" not in instance["Activity"]:
        activities.finish(instance["Activity"], "Cancelled", "The instance was terminated before it was in service.")


def _deregister(group: Group, instance: Instance) -> None:
    for arn in group.get("TargetGroupARNs") or []:
        alb._targets[arn] = [target for target in alb._targets.get(arn, []) if target["Id"] != instance["InstanceId"]]


def _alive(group: Group) -> list[Instance]:
    return [instance for instance in group["Instances"] if not instance["LifecycleState"].startswith("Terminating")]


def _outdated(group: Group) -> list[Instance]:
    current = str(template_version(group)[1]["VersionNumber"])
    return [instance for instance in _alive(group) if instance["LaunchTemplate"]["Version"] != current]
