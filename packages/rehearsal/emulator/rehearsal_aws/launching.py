"""The EC2 instance that a group launches: of which launch template version, type and subnet."""

from ministack.core.responses import get_region
from ministack.services import ec2

Group = dict
Instance = dict


def new_instance(group: Group) -> Instance:
    """Makes the instance in EC2 and returns the group's record of it, in the state `Pending`."""
    template, version = template_version(group)
    data = version["LaunchTemplateData"]
    instance_type = instance_types(group)[0]
    subnet_id, zone = _next_subnet(group)
    record = ec2._launch_instances_internal(
        data.get("ImageId"), instance_type, subnet_id, 1, user_data=data.get("UserData", ""), sg_ids=data.get("SecurityGroupIds")
    )[0]
    record["Placement"]["AvailabilityZone"] = zone
    tags = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in group["Tags"] if tag.get("PropagateAtLaunch")]
    ec2._tags[record["InstanceId"]] = [*tags, {"Key": "aws:autoscaling:groupName", "Value": group["AutoScalingGroupName"]}]
    return {
        "InstanceId": record["InstanceId"],
        "InstanceType": instance_type,
        "LifecycleState": "Pending",
        "HealthStatus": "Healthy",
        "AvailabilityZone": zone,
        "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        "LaunchTemplate": {
            "LaunchTemplateId": template["LaunchTemplateId"],
            "LaunchTemplateName": template["LaunchTemplateName"],
            "Version": str(version["VersionNumber"]),
        },
        "LaunchConfigurationName": "",
    }


def instance_types(group: Group) -> list[str]:
    """What the group may launch, in the order of its preference."""
    overrides = ((group.get("Mixed") or {}).get("LaunchTemplate") or {}).get("Overrides") or []
    named = [override["InstanceType"] for override in overrides if override.get("InstanceType")]
    return named or [template_version(group)[1]["LaunchTemplateData"].get("InstanceType")]


def next_zone(group: Group) -> str:
    """The zone whose turn it is."""
    return _next_subnet(group)[1]


def template_version(group: Group) -> tuple[dict, dict]:
    """The launch template and the version that the group launches now."""
    spec = group.get("LaunchTemplate") or {}
    template = ec2._launch_templates.get(spec.get("LaunchTemplateId"))
    if not template:
        raise ValueError(f"group {group['AutoScalingGroupName']} names no launch template that exists")
    symbolic = {"$Latest": template["LatestVersionNumber"], "$Default": template["DefaultVersionNumber"]}
    number = str(symbolic.get(spec["Version"], spec["Version"]))
    for version in template["Versions"]:
        if str(version["VersionNumber"]) == number:
            return template, version
    raise ValueError(f"launch template {template['LaunchTemplateId']} has no version {number}")


def _next_subnet(group: Group) -> tuple[str | None, str]:
    """Subnets take turns, so that the zones are even."""
    subnets = [subnet for subnet in group["VPCZoneIdentifier"].split(",") if subnet]
    turn = group["Launched"] = group.get("Launched", 0) + 1
    subnet_id = subnets[turn % len(subnets)] if subnets else None
    zone = (ec2._subnets.get(subnet_id) or {}).get("AvailabilityZone") or f"{get_region()}a"
    return subnet_id, zone
