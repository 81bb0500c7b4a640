"""Auto Scaling groups whose instances have a life: launched, held by lifecycle hooks, in service, replaced.

Whoever plays the machines sees the instances through the API and acts on them; nothing here starts a process. Time
passes when somebody looks: every describing call first lets hooks expire and due launches happen.
"""

import threading
import time
from collections.abc import Callable

from ministack.core.responses import new_uuid
from ministack.services import alb, ec2
from ministack.services import autoscaling as asg

from . import activities, launch_faults
from .launching import new_instance

Group = dict
Instance = dict

# Auto Scaling waits longer and longer after failed launches; minutes there, seconds here.
LONGEST_LAUNCH_PAUSE_S = 10

# Statuses of an instance refresh that may hold more instances than the group desires.
REFRESHING = ("InProgress", "Baking", "RollbackInProgress")

# Requests come one at a time; a stack's update that waits for its group does so on a thread of its own.
lock = threading.RLock()

_LAUNCHING = "LAUNCHING"
_TERMINATING = "TERMINATING"

_listeners: list[Callable[[Group], None]] = []


def on_change(listener: Callable[[Group], None]) -> None:
    """Calls `listener` with a group when an instance of it has come or gone, and whenever time passes."""
    _listeners.append(listener)


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
    with lock:
        now = time.time()
        for group in list(asg._asgs.values()):
            for instance in list(group["Instances"]):
                if instance["LifecycleState"].endswith(":Wait") and now >= instance["Deadline"]:
                    _expire(group, instance)
            reconcile(group)
            _changed(group)


def reconcile(group: Group) -> None:
    """Launches and terminates until the group has what is desired."""
    if group.get("Deleting"):
        return
    group["DesiredCapacity"] = max(group["MinSize"], min(group["MaxSize"], group["DesiredCapacity"]))
    while len(alive(group)) < group["DesiredCapacity"] and may_launch(group):
        launch(group, "an instance was started in response to a difference between desired and actual capacity")
    room = sum(refresh.get("Room", 0) for refresh in group.get("InstanceRefreshes") or [] if refresh["Status"] in REFRESHING)
    surplus = len(alive(group)) - group["DesiredCapacity"] - room
    not_yet_serving_first = sorted(alive(group), key=lambda instance: instance["LifecycleState"] == "InService")
    for instance in not_yet_serving_first[: max(0, surplus)]:
        terminate(group, instance, "the group holds more than is desired")


def launch(group: Group, cause: str) -> None:
    """Starts an instance of the group's current launch template, up to its launch hook."""
    refusal = launch_faults.refusal(group)
    if refusal:
        activities.refuse(group, refusal, cause)
        _pause_launches(group)
        return
    instance = new_instance(group)
    group["Instances"].append(instance)
    description = f"Launching a new EC2 instance: {instance['InstanceId']}"
    instance["Activity"] = activities.begin(group, description, cause)
    if not _hold(group, instance, _LAUNCHING):
        enter_service(group, instance)


def enter_service(group: Group, instance: Instance) -> None:
    """The launch hook was completed: the instance is registered with the balancer and counts."""
    instance.update(LifecycleState="InService", InServiceAt=time.time())
    group["FailedLaunches"] = 0
    for arn in group.get("TargetGroupARNs") or []:
        alb._targets.setdefault(arn, []).append({"Id": instance["InstanceId"], "Port": alb._tgs[arn].get("Port", 80)})
    activities.finish(instance["Activity"], "Successful")
    _changed(group)


def abandon(group: Group, instance: Instance, why: str) -> None:
    """The launch hook was abandoned: the instance is terminated, and the next one waits a while."""
    _pause_launches(group)
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
    _changed(group)


def alive(group: Group) -> list[Instance]:
    """The instances that are not on their way out."""
    return [instance for instance in group["Instances"] if not instance["LifecycleState"].startswith("Terminating")]


def may_launch(group: Group) -> bool:
    """Whether the pause after a failed launch is over."""
    return time.time() >= group.get("NextLaunchAt", 0)


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


def _pause_launches(group: Group) -> None:
    failures = group["FailedLaunches"] = group.get("FailedLaunches", 0) + 1
    group["NextLaunchAt"] = time.time() + min(2 ** (failures - 1), LONGEST_LAUNCH_PAUSE_S)


def _changed(group: Group) -> None:
    for listener in _listeners:
        listener(group)


def _cancel_launch(instance: Instance) -> None:
    if instance["LifecycleState"].startswith("Pending") and "EndTime" not in instance["Activity"]:
        activities.finish(instance["Activity"], "Cancelled", "The instance was terminated before it was in service.")


def _deregister(group: Group, instance: Instance) -> None:
    for arn in group.get("TargetGroupARNs") or []:
        alb._targets[arn] = [target for target in alb._targets.get(arn, []) if target["Id"] != instance["InstanceId"]]
