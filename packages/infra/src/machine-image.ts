/** AWS Deep Learning Base, Ubuntu 24.04: driver R580 or later, which vLLM's CUDA 13 wheels need. */
export const AMI_PARAMETER =
  '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id';
