"""Service Quotas, as far as a fleet asks: how many vCPUs of GPU instances the account may run, on demand and as Spot.

REHEARSAL_QUOTAS, a JSON object of quota codes and values, changes what an account has. The launch fault `quota-zero`
takes both quotas away, so that what is told before a deployment and what then happens are the same.
"""

import json
import os

from ministack import app
from ministack.core import router
from ministack.core.responses import error_response_json, json_response

from . import launch_faults

ENVIRONMENT = "REHEARSAL_QUOTAS"
ON_DEMAND, SPOT = "L-DB2E81BA", "L-3819A6DF"

_NAMES = {
    ON_DEMAND: "Running On-Demand G and VT instances",
    SPOT: "All G and VT Spot Instance Requests",
}

# An account that somebody has asked for: eight instances of 8 vCPUs.
_DEFAULTS = {ON_DEMAND: 64.0, SPOT: 64.0}


def install() -> None:
    """Adds the service to ministack's."""
    router.SERVICE_PATTERNS["servicequotas"] = {"target_prefixes": ["ServiceQuotasV20190624"]}
    app.SERVICE_HANDLERS["servicequotas"] = _handle


def quotas() -> dict[str, float]:
    """Values by quota code, as they are now."""
    if launch_faults.FAULT == "quota-zero":
        return dict.fromkeys(_DEFAULTS, 0.0)
    return {**_DEFAULTS, **json.loads(os.environ.get(ENVIRONMENT) or "{}")}


async def _handle(_method: str, _path: str, headers: dict, body: bytes, _query: dict) -> tuple:
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    request = json.loads(body or b"{}")
    if action in ("GetServiceQuota", "GetAWSDefaultServiceQuota"):
        return _get(request.get("ServiceCode"), request.get("QuotaCode"))
    if action == "ListServiceQuotas":
        return json_response({"Quotas": [_quota(code) for code in _NAMES]})
    return error_response_json("UnknownOperationException", f"{action} is not emulated", 400)


def _get(service: str | None, code: str | None) -> tuple:
    if service != "ec2" or code not in _NAMES:
        return error_response_json("NoSuchResourceException", f"no quota {code} of service {service}", 400)
    return json_response({"Quota": _quota(code)})


def _quota(code: str) -> dict:
    return {
        "ServiceCode": "ec2",
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaCode": code,
        "QuotaName": _NAMES[code],
        "Value": quotas()[code],
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
