"""Launches that EC2 refuses, on request: no quota, no capacity, a zone without the type.

REHEARSAL_LAUNCH_FAULT names the fault; every launch of every group then fails with the words that AWS uses.
"""

import os

from .launching import instance_types, next_zone

Group = dict

FAULT = os.environ.get("REHEARSAL_LAUNCH_FAULT", "")

_WORDS = {
    "quota-zero": (
        "VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 0 allows for the "
        "instance bucket that the specified instance type belongs to. Please visit "
        "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
    ),
    "no-capacity": (
        "InsufficientInstanceCapacity - We currently do not have sufficient {type} capacity in the Availability Zone "
        "you requested ({zone}). Our system will be working on provisioning additional capacity."
    ),
    "zone-without-type": (
        "Unsupported - Your requested instance type ({type}) is not supported in your requested Availability Zone "
        "({zone}). Please retry your request by not specifying an Availability Zone."
    ),
}


def check() -> None:
    """Ends the start when the fault is none that is known. Raises SystemExit."""
    if FAULT and FAULT not in _WORDS:
        raise SystemExit(f"REHEARSAL_LAUNCH_FAULT must be one of {', '.join(_WORDS)}, got {FAULT!r}")


def refusal(group: Group) -> str | None:
    """Why EC2 would not launch the group's next instance; None when it would."""
    if not FAULT:
        return None
    words = _WORDS[FAULT].format(type=instance_types(group)[0], zone=next_zone(group))
    return f"Could not launch On-Demand Instances. {words} Launching EC2 instance failed."
