"""What EC2 tells of an instance and ministack leaves empty: the user data that it was started with."""

from ministack.services import ec2


def install() -> None:
    """Wraps ministack's action."""
    actions = ec2._ACTION_MAP
    actions["DescribeInstanceAttribute"] = _with_user_data(actions["DescribeInstanceAttribute"])


def _with_user_data(action):
    def describe(params: dict) -> tuple:
        status, headers, body = action(params)
        if status >= 400 or ec2._p(params, "Attribute") != "userData":
            return status, headers, body
        instance_id = ec2._p(params, "InstanceId")
        # Base64, as the launch template holds it: no character that XML would mind.
        user_data = ec2._instances[instance_id].get("UserData") or ""
        inner = f"<instanceId>{instance_id}</instanceId><userData><value>{user_data}</value></userData>"
        return ec2._xml(200, "DescribeInstanceAttributeResponse", inner)

    return describe
