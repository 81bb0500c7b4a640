"""What there is in the account: to see, after a stack was deleted, that nothing of it is left.

An action of the load balancers' API (`RehearsalInventory`), answered with JSON: a list of `type identifier`.
"""

import json
from collections.abc import Iterable

from ministack.services import alb, budgets, codebuild, ec2, eventbridge, iam, s3, secretsmanager, sns, ssm
from ministack.services import autoscaling as asg
from ministack.services import cloudwatch as cw
from ministack.services import cloudwatch_logs as cwlogs
from ministack.services import lambda_svc as lambdas


def install() -> None:
    """Adds the action."""
    alb._ACTION_MAP["RehearsalInventory"] = _inventory


def _inventory(_params: dict) -> tuple:
    found = sorted(f"{kind} {name}" for kind, names in _resources().items() for name in names)
    return 200, {"Content-Type": "application/json"}, json.dumps(found).encode()


def _resources() -> dict[str, Iterable[str]]:
    return {
        "instance": [i["InstanceId"] for i in ec2._instances.values() if i["State"]["Name"] != "terminated"],
        "launch template": ec2._launch_templates,
        "security group": ec2._security_groups,
        "vpc": ec2._vpcs,
        "subnet": ec2._subnets,
        "vpc endpoint": [e["VpcEndpointId"] for e in ec2._vpc_endpoints.values() if e.get("State") != "deleted"],
        "flow log": ec2._flow_logs,
        "auto scaling group": asg._asgs,
        "load balancer": alb._lbs,
        "target group": alb._tgs,
        "secret": secretsmanager._secrets,
        "bucket": s3._buckets,
        "log group": cwlogs._log_groups,
        "alarm": [*cw._alarms, *cw._composite_alarms],
        "dashboard": cw._dashboards,
        "topic": sns._topics,
        "budget": budgets._budgets,
        "function": lambdas._functions,
        "build project": codebuild._projects,
        "event rule": eventbridge._rules,
        "parameter": ssm._parameters,
        "role": iam._roles,
        "instance profile": iam._instance_profiles,
    }
