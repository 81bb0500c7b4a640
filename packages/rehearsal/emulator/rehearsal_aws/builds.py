"""CodeBuild builds that really run: the project's source, its buildspec and its variables, in processes of this machine.

ministack's own execution needs Docker. This one takes its place behind the same StartBuild, BatchGetBuilds and StopBuild.
What the build's image would have must be on this machine; `runtime-versions` are not looked at.
"""

import json
import os
import shutil
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from ministack.core.responses import get_region
from ministack.services import cloudwatch_logs as cwlogs
from ministack.services import codebuild
from ministack.services.cloudformation import provisioners

from .build_shell import BuildShell
from .buildspec import Buildspec, read_buildspec
from .object_download import download_object

# JSON object of variables that every build gets beside the project's own: what the machine around it stands in for.
ENVIRONMENT = "REHEARSAL_BUILD_ENVIRONMENT"

Build = dict
Project = dict


def install() -> None:
    """Lets StartBuild execute, and keeps where a project of CloudFormation logs, which ministack drops."""
    codebuild.EXECUTE_BUILDS = True
    codebuild._execute_build = _execute
    handlers = provisioners._RESOURCE_HANDLERS
    original = dict(handlers["AWS::CodeBuild::Project"])

    def create(logical_id, props, stack):
        return _keep_log_group(original["create"](logical_id, props, stack), props)

    def update(physical_id, old, new, stack):
        return _keep_log_group(original["update"](physical_id, old, new, stack), new)

    handlers["AWS::CodeBuild::Project"] = {**original, "create": create, "update": update}


def _keep_log_group(result: tuple[str, dict], props: dict) -> tuple[str, dict]:
    logs = (props.get("LogsConfig") or {}).get("CloudWatchLogs") or {}
    codebuild._projects[result[0]]["logGroup"] = logs.get("GroupName")
    return result


class _Failed(Exception):
    """A phase failed; the message is what CodeBuild gives as its context."""


def _execute(build_id: str, project: Project) -> None:
    """The life of one build, in a thread of its own with the account and region of the request."""
    build = codebuild._builds[build_id]
    # To the fraction, as CodeBuild has them: ministack's whole seconds make short builds take none.
    build["startTime"] = time.time()
    if project.get("logGroup"):
        build["logs"]["groupName"] = project["logGroup"]
    log = _log_of(build)
    folder = Path(tempfile.mkdtemp(prefix="build-"))
    timed_out, ended = threading.Event(), threading.Event()
    status = "SUCCEEDED"
    try:
        shell = BuildShell(folder / "source", _environment(build, project), log)
        deadline = time.monotonic() + codebuild._timeout_seconds(project)
        threading.Thread(target=_end_early, args=(build_id, shell, timed_out, ended, deadline), daemon=True).start()
        for phase in ("QUEUED", "PROVISIONING"):
            _phase(build, phase, lambda: None)
        spec = _phase(build, "DOWNLOAD_SOURCE", lambda: _open_source(project, folder / "source"))
        _run_phases(build, spec, shell)
    except _Failed:
        status = "FAILED"
    except Exception as error:
        log(f"[Container] {error!r}")
        status = "FAULT"
    ended.set()
    if codebuild._stop_requested(build_id):
        status = "STOPPED"
    elif timed_out.is_set():
        status = "TIMED_OUT"
    shutil.rmtree(folder, ignore_errors=True)
    _phase(build, "FINALIZING", lambda: None)
    codebuild._finish_build(build, status)
    build["endTime"] = time.time()
    codebuild._clear_stopped(build_id)


def _end_early(build_id: str, shell: BuildShell, timed_out: threading.Event, ended: threading.Event, deadline: float) -> None:
    """Stops the shell when StopBuild is called or the project's timeout is over."""
    while not ended.wait(0.2):
        if time.monotonic() > deadline:
            timed_out.set()
        if timed_out.is_set() or codebuild._stop_requested(build_id):
            shell.stop()


def _run_phases(build: Build, spec: Buildspec, shell: BuildShell) -> None:
    """As CodeBuild orders them: POST_BUILD runs after a BUILD that failed, nothing runs after an earlier failure."""
    failure = None
    for name in ("INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"):
        try:
            _phase(build, name, lambda: _run_commands(spec, name, shell))
        except _Failed as error:
            failure = failure or error
            if name != "BUILD":
                break
    if failure:
        raise failure
    _phase(build, "UPLOAD_ARTIFACTS", lambda: None)


def _run_commands(spec: Buildspec, phase: str, shell: BuildShell) -> None:
    failed = shell.run(spec.commands(phase))
    if failed:
        raise _Failed(f"Error while executing command: {failed.command}. Reason: exit status {failed.code}")


def _phase(build: Build, name: str, work):
    """Records a phase with its times as BatchGetBuilds tells them, and why it failed."""
    began = time.time()
    record = {"phaseType": name, "startTime": began}
    build["phases"] = [phase for phase in build["phases"] if phase["phaseType"] != name] + [record]
    build["currentPhase"] = name
    try:
        result = work()
    except Exception as error:
        context = {"statusCode": "COMMAND_EXECUTION_ERROR" if isinstance(error, _Failed) else "CLIENT_ERROR", "message": str(error)}
        record.update(phaseStatus="FAILED", contexts=[context])
        raise
    else:
        record["phaseStatus"] = "SUCCEEDED"
        return result
    finally:
        ended = time.time()
        record.update(endTime=ended, durationInSeconds=int(ended - began))


def _open_source(project: Project, folder: Path) -> Buildspec:
    source = project["source"]
    if source.get("type") != "S3":
        raise _Failed(f"source type {source.get('type')} is not emulated, only S3")
    bucket, key = source["location"].split("/", 1)
    archive = folder.with_suffix(".zip")
    try:
        download_object(bucket, key, archive)
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder)
        return read_buildspec(source.get("buildspec"), folder)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise _Failed(str(error)) from error


def _environment(build: Build, project: Project) -> dict[str, str]:
    """What a build sees: the machine's PATH, CodeBuild's own variables, the project's, and those of the rehearsal."""
    declared = (project.get("environment") or {}).get("environmentVariables") or []
    foreign = [variable["name"] for variable in declared if variable.get("type", "PLAINTEXT") != "PLAINTEXT"]
    if foreign:
        raise ValueError(f"build variables that are not plain text are not emulated: {', '.join(foreign)}")
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "AWS_REGION": get_region(),
        "AWS_DEFAULT_REGION": get_region(),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_ARN": build["arn"],
        **{variable["name"]: variable["value"] for variable in declared},
        **json.loads(os.environ.get(ENVIRONMENT, "{}")),
    }


def _log_of(build: Build):
    """Appends a line to the build's log stream, where GetLogEvents finds it."""
    group, stream = build["logs"]["groupName"], build["logs"]["streamName"]
    cwlogs._create_log_group({"logGroupName": group})
    cwlogs._create_log_stream({"logGroupName": group, "logStreamName": stream})
    events = cwlogs._log_groups[group]["streams"][stream]

    def append(line: str) -> None:
        now = int(time.time() * 1000)
        cwlogs._append_log_events(events, [{"timestamp": now, "message": f"{line}\n", "ingestionTime": now}])

    return append
