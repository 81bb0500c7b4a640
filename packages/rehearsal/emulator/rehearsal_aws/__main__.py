"""Starts the emulated AWS: `python -m rehearsal_aws`, with GATEWAY_PORT and the folders in the environment."""

import os

# Read by ministack at import: no listeners beside the one asked for, Lambdas as local processes.
os.environ.setdefault("IOT_MTLS_ENABLED", "0")
os.environ.setdefault("SFTP_ENABLED", "0")
os.environ.setdefault("LAMBDA_EXECUTOR", "local")
os.environ.setdefault("BIND_HOST", "127.0.0.1")
os.environ.setdefault("MINISTACK_HOST", "localhost")

from . import private_names

private_names.check()

from ministack import app

from . import (
    auto_scaling_api,
    auto_scaling_resource,
    bucket_tags,
    budget_resource,
    builds,
    generated_secret,
    instance_data,
    instance_offerings,
    instance_refresh,
    inventory,
    late_log_lines,
    launch_faults,
    nat_gateways,
    network_types,
    private_zones,
    public_parameters,
    secret_reference,
    service_quotas,
    stack_updates,
    suspended_processes,
    target_health,
    warm_pool,
)

launch_faults.check()

for extension in (
    bucket_tags,
    budget_resource,
    builds,
    network_types,
    nat_gateways,
    private_zones,
    secret_reference,
    generated_secret,
    public_parameters,
    instance_data,
    target_health,
    stack_updates,
    late_log_lines,
    inventory,
    instance_refresh,
    suspended_processes,
    auto_scaling_api,
    auto_scaling_resource,
    warm_pool,
    service_quotas,
    instance_offerings,
):
    extension.install()

app.main()
