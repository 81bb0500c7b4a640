"""AWS::AutoScaling::WarmPool, refused where AWS refuses it. Its instances are not played: only what was asked for is kept."""

from ministack.services import autoscaling as asg
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Adds the CloudFormation type and the action that describes a pool."""
    provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::WarmPool"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    asg._ACTION_MAP["DescribeWarmPool"] = _describe


def _create(_logical_id: str, props: dict, _stack: str) -> tuple[str, dict]:
    name = props["AutoScalingGroupName"]
    _put(name, props)
    return name, {}


def _update(_physical_id: str, _old: dict, new: dict, _stack: str) -> tuple[str, dict]:
    return _create("", new, "")


def _delete(physical_id: str, _props: dict) -> None:
    group = asg._asgs.get(physical_id)
    if group:
        group.pop("WarmPool", None)


def _put(name: str, props: dict) -> None:
    group = asg._asgs.get(name)
    if not group:
        raise ValueError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    if group.get("Mixed"):
        raise ValueError("You cannot add a warm pool to an Auto Scaling group that has a mixed instances policy")
    group["WarmPool"] = {
        key: props[key]
        for key in ("MinSize", "MaxGroupPreparedCapacity", "PoolState", "InstanceReusePolicy")
        if key in props
    }


def _describe(params: dict) -> tuple:
    group = asg._asgs.get(asg._p(params, "AutoScalingGroupName")) or {}
    pool = group.get("WarmPool")
    configuration = f"<WarmPoolConfiguration>{asg._member_xml(pool)}</WarmPoolConfiguration>" if pool else ""
    inner = f"<DescribeWarmPoolResult>{configuration}<Instances/></DescribeWarmPoolResult>"
    return asg._xml(200, "DescribeWarmPoolResponse", inner)
