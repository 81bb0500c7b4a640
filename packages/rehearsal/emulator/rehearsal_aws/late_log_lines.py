"""Log lines of a Lambda whose log group has been deleted meanwhile.

ministack makes the group anew for them, and a stack would seem to leave it behind. A function that names a group of its
stack may not make one: by the time the group goes its role has gone.
"""

from ministack.services import cloudwatch_logs as cwlogs
from ministack.services import lambda_svc as lambdas


def install() -> None:
    """Wraps how ministack writes what a Lambda printed."""
    write = lambdas._emit_lambda_logs

    def write_if_there(func: dict, *args, **kwargs) -> None:
        config = func.get("config") or func
        named = (config.get("LoggingConfig") or {}).get("LogGroup")
        of_its_own = f"/aws/lambda/{config.get('FunctionName')}"
        if named in (None, of_its_own) or named in cwlogs._log_groups:
            write(func, *args, **kwargs)

    lambdas._emit_lambda_logs = write_if_there
