"""What EC2 says before anything is launched: zones that have an instance type, Spot placement scores, the image's age.

Every type is offered in every zone. REHEARSAL_OFFERINGS, a JSON object of instance types and lists of zones, changes that
for the types that it names; REHEARSAL_SPOT_SCORE is the score of every zone; REHEARSAL_IMAGE_DAYS the age of the public
machine image.
"""

import json
import os
import time

from ministack.core.responses import get_region
from ministack.services import ec2

from .public_parameters import PARAMETERS

_DAY_SECONDS = 86_400


def install() -> None:
    """Adds the actions, and lets DescribeImages know the image that the public parameter names."""
    actions = ec2._ACTION_MAP
    actions["DescribeInstanceTypeOfferings"] = _describe_offerings
    actions["GetSpotPlacementScores"] = _get_spot_scores
    actions["DescribeImages"] = _with_public_images(actions["DescribeImages"])


def _zones() -> list[str]:
    return [f"{get_region()}{letter}" for letter in "abc"]


def _offered(instance_type: str) -> list[str]:
    chosen = json.loads(os.environ.get("REHEARSAL_OFFERINGS") or "{}")
    return chosen.get(instance_type, _zones())


def _describe_offerings(params: dict) -> tuple:
    if ec2._p(params, "LocationType") != "availability-zone":
        return ec2._error("InvalidParameterValue", "only LocationType availability-zone is emulated", 400)
    wanted = ec2._parse_filters(params).get("instance-type", [])
    items = "".join(
        f"<item><instanceType>{name}</instanceType><location>{zone}</location>"
        "<locationType>availability-zone</locationType></item>"
        for name in wanted
        for zone in _offered(name)
    )
    return _answer("DescribeInstanceTypeOfferings", f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>")


def _get_spot_scores(_params: dict) -> tuple:
    score = int(os.environ.get("REHEARSAL_SPOT_SCORE") or "9")
    items = "".join(
        f"<item><region>{get_region()}</region><availabilityZoneId>{ec2._az_id_for_zone_name(zone)}</availabilityZoneId>"
        f"<score>{score}</score></item>"
        for zone in _zones()
    )
    return _answer("GetSpotPlacementScores", f"<spotPlacementScoreSet>{items}</spotPlacementScoreSet>")


def _with_public_images(original):
    def describe(params: dict) -> tuple:
        wanted = ec2._parse_member_list(params, "ImageId")
        known = [image for image in wanted if image in PARAMETERS.values()]
        if not known:
            return original(params)
        days = float(os.environ.get("REHEARSAL_IMAGE_DAYS") or "20")
        created = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - days * _DAY_SECONDS))
        items = "".join(
            f"<item><imageId>{image}</imageId><imageState>available</imageState><architecture>x86_64</architecture>"
            f"<creationDate>{created}</creationDate></item>"
            for image in known
        )
        return _answer("DescribeImages", f"<imagesSet>{items}</imagesSet>")

    return describe


def _answer(action: str, body: str) -> tuple:
    return ec2._xml(200, f"{action}Response", body)
