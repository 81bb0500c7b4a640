"""The private names of ministack on which the extensions rest, asserted before anything starts.

They are no promise of ministack's: its version is pinned, and a version without one of them must fail here, with a
message, not in the middle of a deployment.
"""

import importlib
import sys

MINISTACK_VERSION = "1.5.33"

NAMES = {
    "ministack.app": ["SERVICE_HANDLERS", "main"],
    "ministack.core.router": ["SERVICE_PATTERNS"],
    "ministack.core.responses": [
        "error_response_json",
        "get_account_id",
        "get_region",
        "json_response",
        "new_uuid",
        "now_iso",
    ],
    "ministack.services.alb": ["_ACTION_MAP", "_error", "_lbs", "_p", "_targets", "_tgs", "_xml"],
    "ministack.services.autoscaling": [
        "_ACTION_MAP",
        "_asgs",
        "_error",
        "_hook_record",
        "_hooks",
        "_instance_member_xml",
        "_member_xml",
        "_p",
        "_parse_member_list",
        "_reconcile_instances",
        "_xml",
    ],
    "ministack.services.budgets": ["_budgets", "_create_budget", "_delete_budget"],
    "ministack.services.cloudformation": ["_stacks"],
    "ministack.services.cloudformation.engine": ["_evaluate_conditions", "_parse_template", "_resolve_refs"],
    "ministack.services.cloudformation.provisioners": [
        "_RESOURCE_HANDLERS",
        "_asg_create",
        "_asg_delete",
        "_asg_update",
        "_ec2_sg_permissions",
        "_sm",
        "_sm_secret_string",
    ],
    "ministack.services.cloudwatch_logs": ["_append_log_events", "_create_log_group", "_create_log_stream", "_log_groups"],
    "ministack.services.codebuild": [
        "_builds",
        "_clear_stopped",
        "_execute_build",
        "_finish_build",
        "_projects",
        "_stop_requested",
        "_timeout_seconds",
    ],
    "ministack.services.cloudformation.stacks": [
        "_revert_update",
        "_runs_on_worker_thread",
        "_sends_back_failed_update",
    ],
    "ministack.services.cloudwatch": ["_alarms", "_composite_alarms", "_dashboards"],
    "ministack.services.ec2": [
        "_ACTION_MAP",
        "_az_id_for_zone_name",
        "_create_flow_logs",
        "_error",
        "_flow_logs",
        "_instances",
        "_launch_instances_internal",
        "_launch_templates",
        "_p",
        "_parse_filters",
        "_parse_member_list",
        "_security_groups",
        "_subnets",
        "_tags",
        "_terminate_instances",
        "_vpc_endpoints",
        "_vpcs",
        "_xml",
    ],
    "ministack.services.eventbridge": ["_put_events", "_rules"],
    "ministack.services.iam": ["_instance_profiles", "_roles"],
    "ministack.services.lambda_svc": ["_emit_lambda_logs", "_functions"],
    "ministack.services.route53": ["_zones"],
    "ministack.services.secretsmanager": ["_get_random_password", "_secrets"],
    "ministack.services.s3": ["_bucket_tags", "_buckets"],
    "ministack.services.sns": ["_topics"],
    "ministack.services.ssm": ["_PUBLIC_AMI_PARAMETERS", "_parameters"],
}


def missing() -> list[str]:
    """The names that the installed ministack lacks, as `module.name`."""
    return [
        f"{module}.{name}"
        for module, names in NAMES.items()
        for name in names
        if not hasattr(importlib.import_module(module), name)
    ]


def check() -> None:
    """Ends the process with a message when the installed ministack is not the one these extensions were written for."""
    lacking = missing()
    if lacking:
        sys.exit(
            f"the installed ministack lacks {', '.join(lacking)}; "
            f"these extensions are written for ministack {MINISTACK_VERSION} (requirements.lock)"
        )
