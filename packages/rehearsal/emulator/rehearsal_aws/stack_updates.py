"""What CloudFormation does around a resource in an update, and ministack leaves out.

Update policies, resources whose update takes its time and may fail half way, and a rollback that finds the launch
template at its newest version.
"""

import copy
from typing import Any

from ministack.services import cloudformation, ec2
from ministack.services.cloudformation import engine, stacks

_LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
_VERSION_ATTRIBUTE = "LatestVersionNumber"

_waiting_types: set[str] = set()


def install() -> None:
    """Wraps ministack's decisions about updates."""
    runs_on_thread, sends_back, revert = stacks._runs_on_worker_thread, stacks._sends_back_failed_update, stacks._revert_update
    stacks._runs_on_worker_thread = lambda kind: kind in _waiting_types or runs_on_thread(kind)
    stacks._sends_back_failed_update = lambda kind: kind in _waiting_types or sends_back(kind)

    async def revert_to_newest(stack_id, stack_name, logical_id, kind, physical_id, applied, previous, attributes, record=None):
        renewed = with_newest_versions(stack_name, logical_id, previous)
        if record is not None:
            record["Properties"] = with_newest_versions(stack_name, logical_id, record.get("Properties", {}))
        await revert(stack_id, stack_name, logical_id, kind, physical_id, applied, renewed, attributes, record)

    stacks._revert_update = revert_to_newest


def wait_for(resource_type: str) -> None:
    """Lets updates of a type block, and sends one that failed back to what it was: it may have done half of it."""
    _waiting_types.add(resource_type)


def update_policy(stack_name: str, logical_id: str) -> dict:
    """The `UpdatePolicy` of a resource in the template that its stack is being updated to, resolved."""
    stack = cloudformation._stacks[stack_name]
    template = engine._parse_template(stack["_template_body"])
    raw = template["Resources"].get(logical_id, {}).get("UpdatePolicy") or {}
    parameters = stack.get("_resolved_params") or {}
    conditions = engine._evaluate_conditions(template, parameters)
    resources, mappings = stack["_resources"], template.get("Mappings", {})
    return engine._resolve_refs(copy.deepcopy(raw), resources, parameters, conditions, mappings, stack_name, stack["StackId"])


def is_rolling_back(stack_name: str) -> bool:
    """Whether the stack goes back to what it was."""
    return "ROLLBACK" in cloudformation._stacks[stack_name]["StackStatus"]


def is_cancelled(stack_name: str) -> bool:
    """Whether somebody has asked to end the update."""
    return bool(cloudformation._stacks[stack_name].get("_cancel_requested"))


def with_newest_versions(stack_name: str, logical_id: str, properties: dict) -> dict:
    """Properties as a rollback evaluates them.

    A launch template that is sent back gets one more version, and what refers to its newest version gets that number,
    not the one of before.
    """
    stack = cloudformation._stacks[stack_name]
    definition = engine._parse_template(stack["_template_body"])["Resources"].get(logical_id) or {}
    return _renumber(definition.get("Properties") or {}, properties, stack["_resources"])


def _renumber(raw: Any, resolved: Any, resources: dict) -> Any:
    if isinstance(raw, dict) and isinstance(raw.get("Fn::GetAtt"), list):
        name, attribute = raw["Fn::GetAtt"]
        target = resources.get(name, {})
        if attribute == _VERSION_ATTRIBUTE and target.get("ResourceType") == _LAUNCH_TEMPLATE:
            return str(ec2._launch_templates[target["PhysicalResourceId"]][_VERSION_ATTRIBUTE])
        return resolved
    if isinstance(raw, dict) and isinstance(resolved, dict):
        return {key: _renumber(raw.get(key), value, resources) for key, value in resolved.items()}
    if isinstance(raw, list) and isinstance(resolved, list) and len(raw) == len(resolved):
        return [_renumber(one, other, resources) for one, other in zip(raw, resolved)]
    return resolved
