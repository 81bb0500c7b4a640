"""Auto Scaling actions on living instances, and the fields that ministack leaves out of its answers."""

import time

from ministack.services import autoscaling as asg

from . import fleet, instance_refresh, suspended_processes


def install() -> None:
    """Replaces ministack's actions."""
    actions = asg._ACTION_MAP
    asg._reconcile_instances = fleet.reconcile
    actions["DescribeAutoScalingGroups"] = _after_tick(_with_group_fields(actions["DescribeAutoScalingGroups"]))
    actions["DescribeInstanceRefreshes"] = _after_tick(actions["DescribeInstanceRefreshes"])
    actions["DescribeAutoScalingInstances"] = _after_tick(actions["DescribeAutoScalingInstances"])
    actions.update(
        CompleteLifecycleAction=_complete_lifecycle_action,
        RecordLifecycleActionHeartbeat=_record_heartbeat,
        DescribeScalingActivities=_describe_scaling_activities,
        TerminateInstanceInAutoScalingGroup=_terminate_instance,
        SetInstanceHealth=_set_instance_health,
        StartInstanceRefresh=_start_instance_refresh,
        CancelInstanceRefresh=_cancel_instance_refresh,
        RollbackInstanceRefresh=_roll_back_instance_refresh,
    )
    for name, action in list(actions.items()):
        actions[name] = _one_at_a_time(action)
    member = asg._instance_member_xml
    asg._instance_member_xml = lambda instance, include_group_name="": member(instance, include_group_name).replace(
        "</member>", f"<InstanceType>{instance.get('InstanceType', '')}</InstanceType></member>"
    )


def _one_at_a_time(action):
    def act(params: dict) -> tuple:
        with fleet.lock:
            return action(params)

    return act


def _after_tick(action):
    def describe(params: dict) -> tuple:
        fleet.tick()
        return action(params)

    return describe


def _with_group_fields(action):
    """Target groups and the mixed-instances policy, which ministack drops."""

    def describe(params: dict) -> tuple:
        status, headers, body = action(params)
        text = body.decode() if isinstance(body, bytes) else body
        for group in asg._asgs.values():
            arn = f"<AutoScalingGroupARN>{group['AutoScalingGroupARN']}</AutoScalingGroupARN>"
            targets = f"<TargetGroupARNs>{asg._member_xml(group.get('TargetGroupARNs') or [])}</TargetGroupARNs>"
            mixed = group.get("Mixed")
            policy = f"<MixedInstancesPolicy>{asg._member_xml(mixed)}</MixedInstancesPolicy>" if mixed else ""
            text = text.replace(arn, f"{arn}{targets}{policy}")
        return status, headers, text.encode()

    return describe


def _waiting_instance(params: dict):
    """The instance that a lifecycle call means, by id or token, or nothing when none waits under that hook."""
    instance_id, token = asg._p(params, "InstanceId"), asg._p(params, "LifecycleActionToken")
    group, instance = fleet.find(instance_id) if instance_id else _find_by_token(token)
    if not group or not instance or not instance["LifecycleState"].endswith(":Wait"):
        return None, None
    named = (asg._p(params, "AutoScalingGroupName"), asg._p(params, "LifecycleHookName"))
    return (group, instance) if named == (group["AutoScalingGroupName"], instance["Hook"]) else (None, None)


def _find_by_token(token: str):
    for group in asg._asgs.values():
        for instance in group["Instances"]:
            if token and instance.get("Token") == token:
                return group, instance
    return None, None


def _no_active_action(params: dict) -> tuple:
    which = asg._p(params, "InstanceId") or asg._p(params, "LifecycleActionToken")
    return asg._error("ValidationError", f"No active Lifecycle Action found with instance ID {which}")


def _complete_lifecycle_action(params: dict) -> tuple:
    fleet.tick()
    group, instance = _waiting_instance(params)
    if not group or not instance:
        return _no_active_action(params)
    if instance["LifecycleState"] == "Terminating:Wait":
        fleet.remove(group, instance)
    elif asg._p(params, "LifecycleActionResult") == "CONTINUE":
        fleet.enter_service(group, instance)
    else:
        fleet.abandon(group, instance, "Lifecycle Action Completed with ABANDON Result")
    return asg._xml(200, "CompleteLifecycleActionResponse", "<CompleteLifecycleActionResult/>")


def _record_heartbeat(params: dict) -> tuple:
    fleet.tick()
    group, instance = _waiting_instance(params)
    if not group or not instance:
        return _no_active_action(params)
    hook = asg._hooks[f"{group['AutoScalingGroupName']}/{asg._p(params, 'LifecycleHookName')}"]
    instance["Deadline"] = time.time() + float(hook["HeartbeatTimeout"])
    return asg._xml(200, "RecordLifecycleActionHeartbeatResponse", "<RecordLifecycleActionHeartbeatResult/>")


def _describe_scaling_activities(params: dict) -> tuple:
    fleet.tick()
    name = asg._p(params, "AutoScalingGroupName")
    groups = [asg._asgs[name]] if name in asg._asgs else [] if name else list(asg._asgs.values())
    history = asg._member_xml([activity for group in groups for activity in group.get("Activities") or []])
    inner = f"<DescribeScalingActivitiesResult><Activities>{history}</Activities></DescribeScalingActivitiesResult>"
    return asg._xml(200, "DescribeScalingActivitiesResponse", inner)


def _terminate_instance(params: dict) -> tuple:
    group, instance = fleet.find(asg._p(params, "InstanceId"))
    if not group or not instance:
        return asg._error("ValidationError", f"Instance Id not found - No managed instance found for instance ID {asg._p(params, 'InstanceId')}")
    if asg._p(params, "ShouldDecrementDesiredCapacity") == "true":
        group["DesiredCapacity"] -= 1
    fleet.terminate(group, instance, "user request")
    fleet.reconcile(group)
    return asg._xml(200, "TerminateInstanceInAutoScalingGroupResponse", "<TerminateInstanceInAutoScalingGroupResult/>")


def _set_instance_health(params: dict) -> tuple:
    group, instance = fleet.find(asg._p(params, "InstanceId"))
    if not group or not instance:
        return asg._error("ValidationError", f"Instance Id not found: {asg._p(params, 'InstanceId')}")
    if asg._p(params, "HealthStatus") == "Unhealthy":
        instance["HealthStatus"] = "Unhealthy"
        if suspended_processes.suspended(group, "ReplaceUnhealthy"):
            return asg._xml(200, "SetInstanceHealthResponse", "")
        fleet.terminate(group, instance, "taken out of service for a health check failure")
        fleet.reconcile(group)
    return asg._xml(200, "SetInstanceHealthResponse", "")


_PREFERENCES = (
    "MinHealthyPercentage",
    "MaxHealthyPercentage",
    "InstanceWarmup",
    "SkipMatching",
    "AutoRollback",
    "BakeTime",
)


def _start_instance_refresh(params: dict) -> tuple:
    group = asg._asgs.get(asg._p(params, "AutoScalingGroupName"))
    if not group:
        return _no_group(params)
    if instance_refresh.active(group):
        return asg._error("InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.")
    preferences = {name: asg._p(params, f"Preferences.{name}") for name in _PREFERENCES if asg._p(params, f"Preferences.{name}")}
    preferences["AlarmSpecification"] = {"Alarms": asg._parse_member_list(params, "Preferences.AlarmSpecification.Alarms")}
    desired = _desired_launch_template(params)
    previous = group["LaunchTemplate"] if desired else None
    if desired:
        group["LaunchTemplate"] = {**group["LaunchTemplate"], **desired}
    refresh = instance_refresh.start(group, preferences, previous=previous)
    return _refresh_answer("StartInstanceRefresh", refresh)


def _desired_launch_template(params: dict) -> dict:
    """What the caller wants the instances to be, whichever way the group names its launch template."""
    for prefix in ("LaunchTemplate", "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"):
        version = asg._p(params, f"DesiredConfiguration.{prefix}.Version")
        if version:
            return {"Version": version}
    return {}


def _cancel_instance_refresh(params: dict) -> tuple:
    group = asg._asgs.get(asg._p(params, "AutoScalingGroupName"))
    if not group:
        return _no_group(params)
    refresh = instance_refresh.cancel(group, "Cancelled by user")
    if not refresh:
        return asg._error("ActiveInstanceRefreshNotFound", f"No active Instance Refresh for Auto Scaling group {group['AutoScalingGroupName']}")
    return _refresh_answer("CancelInstanceRefresh", refresh)


def _roll_back_instance_refresh(params: dict) -> tuple:
    group = asg._asgs.get(asg._p(params, "AutoScalingGroupName"))
    if not group:
        return _no_group(params)
    try:
        refresh = instance_refresh.roll_back(group, "Rolled back by user")
    except LookupError as error:
        return asg._error("ActiveInstanceRefreshNotFound", str(error.args[0]))
    except ValueError as error:
        return asg._error("IrreversibleInstanceRefresh", str(error))
    return _refresh_answer("RollbackInstanceRefresh", refresh)


def _no_group(params: dict) -> tuple:
    return asg._error("ValidationError", f"AutoScalingGroup {asg._p(params, 'AutoScalingGroupName')} not found")


def _refresh_answer(action: str, refresh: dict) -> tuple:
    inner = f"<{action}Result><InstanceRefreshId>{refresh['InstanceRefreshId']}</InstanceRefreshId></{action}Result>"
    return asg._xml(200, f"{action}Response", inner)
