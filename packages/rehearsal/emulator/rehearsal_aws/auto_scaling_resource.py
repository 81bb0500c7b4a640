"""AWS::AutoScaling::AutoScalingGroup with what ministack drops.

Mixed instances, target groups, hooks of the group, and an update that replaces the instances and waits for it.
"""

import time

from ministack.services import autoscaling as asg
from ministack.services.cloudformation import provisioners

from . import fleet, instance_refresh, stack_updates
from .launching import template_version

GROUP = "AWS::AutoScaling::AutoScalingGroup"

POLL_S = 0.1


def install() -> None:
    """Replaces ministack's CloudFormation handler of the type."""
    stack_updates.wait_for(GROUP)
    provisioners._RESOURCE_HANDLERS[GROUP] = {
        "create": _create,
        "update": _update,
        "update_with_logical_id": True,
        "delete": _delete,
    }


def _create(logical_id: str, props: dict, stack: str) -> tuple[str, dict]:
    with fleet.lock:
        name, attributes = provisioners._asg_create(logical_id, _with_template(props), stack)
        fleet.reconcile(_apply(name, props))
        return name, attributes


def _update(physical_id: str, old: dict, new: dict, stack: str, logical_id: str) -> tuple[str, dict]:
    with fleet.lock:
        capacity = (asg._asgs.get(physical_id) or {}).get("DesiredCapacity")
        name, attributes = provisioners._asg_update(physical_id, _with_template(old), _with_template(new), stack, logical_id)
        group = _apply(name, new)
        # IgnoreUnmodifiedGroupSizeProperties: what scaling has set meanwhile stays.
        if old.get("DesiredCapacity") == new.get("DesiredCapacity") and capacity is not None:
            group["DesiredCapacity"] = capacity
        fleet.reconcile(group)
        refresh = _start_refresh(group, stack, logical_id) if _launches_differently(old, new) else None
    if refresh:
        _wait(refresh, stack)
    return name, attributes


def _launches_differently(old: dict, new: dict) -> bool:
    return any(old.get(name) != new.get(name) for name in ("LaunchTemplate", "MixedInstancesPolicy"))


def _start_refresh(group: dict, stack: str, logical_id: str) -> dict | None:
    """Without an update policy the instances stay what they are until something else replaces them, as on AWS."""
    policy = stack_updates.update_policy(stack, logical_id)
    if "AutoScalingInstanceRefresh" not in policy:
        if policy:
            raise ValueError(f"the emulator knows no update policy but AutoScalingInstanceRefresh, got {', '.join(policy)}")
        return None
    preferences = policy["AutoScalingInstanceRefresh"].get("Preferences") or {}
    current = str(template_version(group)[1]["VersionNumber"])
    if all(instance["LaunchTemplate"]["Version"] == current for instance in group["Instances"]):
        return None
    # An alarm that the failed update has set off would fail its rollback too.
    watch = not stack_updates.is_rolling_back(stack)
    return instance_refresh.start(group, preferences, watch_alarms=watch)


def _wait(refresh: dict, stack: str) -> None:
    while instance_refresh.is_active(refresh):
        if stack_updates.is_cancelled(stack):
            with fleet.lock:
                instance_refresh.cancel(asg._asgs[refresh["AutoScalingGroupName"]], "the update of the stack was cancelled")
        time.sleep(POLL_S)
        fleet.tick()
    if refresh["Status"] != "Successful":
        raise ValueError(f"Instance refresh {refresh['InstanceRefreshId']} ended as {refresh['Status']}: {refresh['StatusReason']}")


def _delete(physical_id: str, props: dict) -> None:
    with fleet.lock:
        group = asg._asgs.get(physical_id)
        if group:
            group["Deleting"] = True
            instance_refresh.cancel(group, "the group is being deleted")
            for instance in list(group["Instances"]):
                fleet.remove(group, instance)
        provisioners._asg_delete(physical_id, props)


def _with_template(props: dict) -> dict:
    """ministack reads the launch template only where a group without mixed instances has it."""
    mixed = props.get("MixedInstancesPolicy")
    return {**props, "LaunchTemplate": mixed["LaunchTemplate"]["LaunchTemplateSpecification"]} if mixed else props


def _apply(name: str, props: dict) -> dict:
    group = asg._asgs[name]
    group.update(
        Mixed=props.get("MixedInstancesPolicy"),
        TargetGroupARNs=props.get("TargetGroupARNs") or [],
        DefaultInstanceWarmup=props.get("DefaultInstanceWarmup"),
    )
    own = [key for key, hook in asg._hooks.items() if hook["AutoScalingGroupName"] == name and hook.get("Inline")]
    for key in own:
        asg._hooks.pop(key)
    for hook in props.get("LifecycleHookSpecificationList") or []:
        record = asg._hook_record(name, hook["LifecycleHookName"], hook)
        asg._hooks[f"{name}/{hook['LifecycleHookName']}"] = {**record, "Inline": True}
    return group
