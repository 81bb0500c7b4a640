"""What Auto Scaling tells EventBridge of launches that failed, which ministack does not."""

import json

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge

Activity = dict

DETAIL_TYPE = "EC2 Instance Launch Unsuccessful"


def tell(activity: Activity) -> None:
    """Puts the event of a launch that has failed (Auto Scaling guide, "EC2 Instance Launch Unsuccessful")."""
    group = activity["AutoScalingGroupName"]
    fields = ("ActivityId", "AutoScalingGroupName", "Description", "Cause", "StartTime", "EndTime", "StatusMessage")
    detail = {name: activity.get(name, "") for name in fields}
    event = {
        "Source": "aws.autoscaling",
        "DetailType": DETAIL_TYPE,
        "Resources": [f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:autoScalingGroup:*:autoScalingGroupName/{group}"],
        "Detail": json.dumps({**detail, "StatusCode": "Failed", "Details": {}}),
    }
    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)
