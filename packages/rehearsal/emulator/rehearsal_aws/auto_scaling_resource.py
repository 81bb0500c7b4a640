"""AWS::AutoScaling::AutoScalingGroup with what ministack drops: mixed instances, target groups, hooks of the group."""

from ministack.services import autoscaling as asg
from ministack.services.cloudformation import provisioners

from . import fleet
from .launching import template_version


def install() -> None:
    """Replaces ministack's CloudFormation handler of the type."""
    provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"] = {
        "create": _create,
        "update": _update,
        "update_with_logical_id": True,
        "delete": _delete,
    }


def _create(logical_id: str, props: dict, stack: str) -> tuple[str, dict]:
    name, attributes = provisioners._asg_create(logical_id, _with_template(props), stack)
    fleet.reconcile(_apply(name, props))
    return name, attributes


def _update(physical_id: str, old: dict, new: dict, stack: str, logical_id: str | None = None) -> tuple[str, dict]:
    capacity = (asg._asgs.get(physical_id) or {}).get("DesiredCapacity")
    name, attributes = provisioners._asg_update(physical_id, _with_template(old), _with_template(new), stack, logical_id)
    group = _apply(name, new)
    # IgnoreUnmodifiedGroupSizeProperties: what scaling has set meanwhile stays.
    if old.get("DesiredCapacity") == new.get("DesiredCapacity") and capacity is not None:
        group["DesiredCapacity"] = capacity
    fleet.reconcile(group)
    current = str(template_version(group)[1]["VersionNumber"])
    if any(instance["LaunchTemplate"]["Version"] != current for instance in group["Instances"]):
        fleet.start_refresh(group)
    return name, attributes


def _delete(physical_id: str, props: dict) -> None:
    group = asg._asgs.get(physical_id)
    if group:
        group["Deleting"] = True
        for instance in list(group["Instances"]):
            fleet.remove(group, instance)
    provisioners._asg_delete(physical_id, props)


def _with_template(props: dict) -> dict:
    """ministack reads the launch template only where a group without mixed instances has it."""
    mixed = props.get("MixedInstancesPolicy")
    return {**props, "LaunchTemplate": mixed["LaunchTemplate"]["LaunchTemplateSpecification"]} if mixed else props


def _apply(name: str, props: dict) -> dict:
    group = asg._asgs[name]
    group.update(Mixed=props.get("MixedInstancesPolicy"), TargetGroupARNs=props.get("TargetGroupARNs") or [])
    own = [key for key, hook in asg._hooks.items() if hook["AutoScalingGroupName"] == name and hook.get("Inline")]
    for key in own:
        asg._hooks.pop(key)
    for hook in props.get("LifecycleHookSpecificationList") or []:
        record = asg._hook_record(name, hook["LifecycleHookName"], hook)
        asg._hooks[f"{name}/{hook['LifecycleHookName']}"] = {**record, "Inline": True}
    return group
