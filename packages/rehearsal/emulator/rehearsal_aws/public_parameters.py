"""Public parameters of AWS that the stack looks up: the machine image by name. The image itself is never run."""

from ministack.services import ssm

PARAMETERS = {
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id": "ami-0f1ee7de1ea511ab0",
}


def install() -> None:
    """Seeds them in-process: PutParameter under /aws/service is denied, as in AWS."""
    ssm._PUBLIC_AMI_PARAMETERS.update(PARAMETERS)
