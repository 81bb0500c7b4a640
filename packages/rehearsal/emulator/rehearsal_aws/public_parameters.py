"""Public parameters of AWS that the stack looks up: the machine image by name. The image itself is never run."""

import os

from ministack.services import ssm

# A word in the names of those that this AWS lacks, to see what a deployment makes of it.
MISSING = os.environ.get("REHEARSAL_MISSING_PARAMETERS", "")

PARAMETERS = {
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id": "ami-0f1ee7de1ea511ab0",
}


def install() -> None:
    """Seeds them in-process: PutParameter under /aws/service is denied, as in AWS."""
    known = {**ssm._PUBLIC_AMI_PARAMETERS, **PARAMETERS}
    ssm._PUBLIC_AMI_PARAMETERS.clear()
    ssm._PUBLIC_AMI_PARAMETERS.update({name: value for name, value in known.items() if not (MISSING and MISSING in name)})
