"""AWS::EC2::EIP and AWS::EC2::NatGateway, whose APIs ministack has, but not the CloudFormation types."""

import re

from ministack.services import ec2
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Adds the handlers to ministack's CloudFormation."""
    provisioners._RESOURCE_HANDLERS["AWS::EC2::EIP"] = {"create": _allocate, "delete": _release}
    provisioners._RESOURCE_HANDLERS["AWS::EC2::NatGateway"] = {"create": _create_gateway, "delete": _delete_gateway}


def _allocate(_logical_id: str, props: dict, _stack: str) -> tuple[str, dict]:
    answer = _call("AllocateAddress", {"Domain": props.get("Domain")})
    address, allocation = _text(answer, "publicIp"), _text(answer, "allocationId")
    ec2._tags[allocation] = props.get("Tags") or []
    return address, {"AllocationId": allocation, "PublicIp": address}


def _release(physical_id: str, _props: dict) -> None:
    described = _call("DescribeAddresses", {})
    pairs = re.findall(r"<allocationId>([^<]+)</allocationId>\s*<publicIp>([^<]+)</publicIp>", described)
    for allocation, address in pairs:
        if address == physical_id:
            _call("ReleaseAddress", {"AllocationId": allocation})


def _create_gateway(_logical_id: str, props: dict, _stack: str) -> tuple[str, dict]:
    if props["SubnetId"] not in ec2._subnets:
        raise ValueError(f"The subnet ID '{props['SubnetId']}' does not exist")
    answer = _call("CreateNatGateway", {key: props.get(key) for key in ("SubnetId", "AllocationId", "ConnectivityType")})
    gateway = _text(answer, "natGatewayId")
    ec2._tags[gateway] = props.get("Tags") or []
    return gateway, {"NatGatewayId": gateway}


def _delete_gateway(physical_id: str, _props: dict) -> None:
    _call("DeleteNatGateway", {"NatGatewayId": physical_id})


def _call(action: str, params: dict) -> str:
    """The text of the API's answer. Raises ValueError with the API's own words when it refuses."""
    status, _headers, body = ec2._ACTION_MAP[action]({key: value for key, value in params.items() if value})
    text = body.decode() if isinstance(body, bytes) else body
    if status >= 400:
        raise ValueError(re.sub(r"<[^>]+>", " ", text))
    return text


def _text(answer: str, element: str) -> str:
    found = re.search(rf"<{element}>([^<]+)</{element}>", answer)
    if not found:
        raise ValueError(f"the answer has no {element}: {answer}")
    return found[1]
