"""AWS::Route53::HostedZone with its VPCs: ministack makes every zone of a template a public one."""

from ministack.services import route53
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Wraps ministack's handler of the type."""
    original = dict(provisioners._RESOURCE_HANDLERS["AWS::Route53::HostedZone"])

    def create(logical_id: str, props: dict, stack: str) -> tuple[str, dict]:
        zone_id, attributes = original["create"](logical_id, props, stack)
        vpcs = [{"VPCId": vpc["VPCId"], "VPCRegion": vpc["VPCRegion"]} for vpc in props.get("VPCs") or []]
        route53._zones[zone_id].update(private=bool(vpcs), vpcs=vpcs)
        return zone_id, attributes

    provisioners._RESOURCE_HANDLERS["AWS::Route53::HostedZone"] = {**original, "create": create}
