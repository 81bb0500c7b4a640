"""The history of a group: what Auto Scaling did, why, and how it ended."""

from ministack.core.responses import new_uuid, now_iso

from . import launch_events

Group = dict
Activity = dict


def begin(group: Group, description: str, cause: str) -> Activity:
    """Adds an activity under way, newest first."""
    activity: Activity = {
        "ActivityId": new_uuid(),
        "AutoScalingGroupName": group["AutoScalingGroupName"],
        "Description": description,
        "Cause": f"At {now_iso()} {cause}",
        "StartTime": now_iso(),
        "StatusCode": "InProgress",
        "Progress": 30,
    }
    group.setdefault("Activities", []).insert(0, activity)
    return activity


def refuse(group: Group, message: str, cause: str) -> None:
    """A launch that EC2 refused: it has failed at once, and there is no instance."""
    description = f"Launching a new EC2 instance.  Status Reason: {message}"
    finish(begin(group, description, cause), "Failed", message)


def hold(activity: Activity) -> None:
    """It waits for whoever completes the lifecycle action."""
    activity["StatusCode"] = "MidLifecycleAction"


def finish(activity: Activity, status: str, message: str = "") -> None:
    """It ended: `Successful`, `Failed` or `Cancelled`, the latter two with a message."""
    activity.update(StatusCode=status, EndTime=now_iso(), Progress=100)
    if message:
        activity["StatusMessage"] = message
    if status in ("Failed", "Cancelled") and activity["Description"].startswith("Launching"):
        launch_events.tell(activity)
