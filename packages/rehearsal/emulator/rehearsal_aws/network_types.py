"""CloudFormation types and attributes of the network that ministack lacks: security group rules, flow logs, VPC CIDR."""

import re
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from .identifiers import resource_id

Handler = dict[str, Any]


def install() -> None:
    """Adds the handlers to ministack's CloudFormation."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::EC2::SecurityGroupIngress"] = _security_group_rule("IpPermissions")
    handlers["AWS::EC2::SecurityGroupEgress"] = _security_group_rule("IpPermissionsEgress")
    handlers["AWS::EC2::FlowLog"] = {"create": _create_flow_log, "delete": _delete_flow_log}
    handlers["AWS::EC2::VPC"] = _with_vpc_attributes(handlers["AWS::EC2::VPC"])


def _security_group_rule(direction: str) -> Handler:
    def create(_logical_id: str, props: dict, _stack: str) -> tuple[str, dict]:
        group = ec2._security_groups.get(props["GroupId"])
        if not group:
            raise ValueError(f"The security group '{props['GroupId']}' does not exist")
        group.setdefault(direction, []).extend(provisioners._ec2_sg_permissions([props]))
        rule = resource_id("sgr")
        return rule, {"Id": rule}

    def delete(_physical_id: str, props: dict) -> None:
        group = ec2._security_groups.get(props.get("GroupId"))
        permission = provisioners._ec2_sg_permissions([props])[0]
        if group and permission in group.get(direction, []):
            group[direction].remove(permission)

    return {"create": create, "delete": delete}


def _create_flow_log(_logical_id: str, props: dict, _stack: str) -> tuple[str, dict]:
    named = {
        "ResourceId.1": props["ResourceId"],
        "ResourceType": props["ResourceType"],
        "TrafficType": props.get("TrafficType"),
        "LogDestinationType": props.get("LogDestinationType"),
        "LogDestination": props.get("LogDestination"),
        "LogGroupName": props.get("LogGroupName"),
    }
    status, _headers, body = ec2._create_flow_logs({key: value for key, value in named.items() if value})
    text = body.decode() if isinstance(body, bytes) else body
    created = re.search(r"fl-\w+", text)
    if status >= 400 or not created:
        raise ValueError(re.sub(r"<[^>]+>", " ", text))
    return created[0], {"Id": created[0]}


def _delete_flow_log(physical_id: str, _props: dict) -> None:
    ec2._flow_logs.pop(physical_id, None)


def _with_vpc_attributes(original: Handler) -> Handler:
    """`Fn::GetAtt Vpc.CidrBlock`, which security group rules of a CDK VPC refer to."""

    def complete(result: tuple[str, dict]) -> tuple[str, dict]:
        vpc_id, attributes = result[0], result[1]
        return vpc_id, {"CidrBlock": ec2._vpcs[vpc_id]["CidrBlock"], "VpcId": vpc_id, **attributes}

    def wrapped(operation):
        return lambda *args, **kwargs: complete(operation(*args, **kwargs))

    changed = {name: wrapped(original[name]) for name in ("create", "update") if name in original}
    return {**original, **changed}
