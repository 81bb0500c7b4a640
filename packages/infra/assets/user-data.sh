#!/bin/bash
# What an instance runs at its first boot. The lines before this file set, from the template:
#   pixtral_config                  the instance config as JSON; holds no secret
#   pixtral_region pixtral_bucket   where the archives are
#   agent_key agent_sha256 node_key node_sha256
#   agent_stop_seconds              what the agent may take to drain before systemd ends it
# A rehearsal on a laptop sets PIXTRAL_ROOT, PIXTRAL_NODE and PIXTRAL_INIT=exec beside AWS's own endpoint variables.
# shellcheck disable=SC2154
set -euo pipefail

root="${PIXTRAL_ROOT:-}"
metadata="${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}"

# Half a minute of an AWS that refuses or is silent is waited for: who gives up here waits for the hook's timeout instead.
patience=(--retry 5 --retry-all-errors --connect-timeout 10 --speed-limit 1 --speed-time 30)

say() { echo "user data: $*"; }

read_metadata() {
  curl -fsS "${patience[@]}" -H "x-aws-ec2-metadata-token: $token" "$metadata/latest/meta-data/$1"
}

credential() {
  printf '%s\n' "$credentials" | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}

# fetch KEY SHA256 FILE: signs with the instance's role; the secret goes to curl by its standard input, not by its arguments.
fetch() {
  local url="https://$pixtral_bucket.s3.$pixtral_region.amazonaws.com/$1"
  if [ -n "${AWS_ENDPOINT_URL:-}" ]; then url="$AWS_ENDPOINT_URL/$pixtral_bucket/$1"; fi
  curl -fsS "${patience[@]}" --config - --aws-sigv4 "aws:amz:$pixtral_region:s3" -o "$3" "$url" <<CONFIG
user = "$(credential AccessKeyId):$(credential SecretAccessKey)"
header = "x-amz-security-token: $(credential Token)"
header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
CONFIG
  local got
  got="$( (sha256sum "$3" 2>/dev/null || shasum -a 256 "$3") | cut -d ' ' -f 1)"
  if [ "$got" != "$2" ]; then
    say "s3://$pixtral_bucket/$1 has SHA-256 $got, expected $2: not started"
    exit 1
  fi
}

mkdir -p "$root/etc/pixtral" "$root/opt/pixtral/agent" "$root/opt/pixtral/node" "$root/run/pixtral" "$root/var/lib/pixtral"
printf '%s\n' "$pixtral_config" >"$root/etc/pixtral/instance.json"

token="$(curl -fsS "${patience[@]}" -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/latest/api/token")"
role="$(read_metadata iam/security-credentials/)"
credentials="$(read_metadata "iam/security-credentials/$role")"

say "fetching the agent"
fetch "$agent_key" "$agent_sha256" "$root/opt/pixtral/agent.tar.gz"
tar -xzf "$root/opt/pixtral/agent.tar.gz" -C "$root/opt/pixtral/agent"

node="${PIXTRAL_NODE:-}"
if [ -z "$node" ]; then
  say "fetching Node"
  fetch "$node_key" "$node_sha256" "$root/opt/pixtral/node.tar.gz"
  tar -xzf "$root/opt/pixtral/node.tar.gz" -C "$root/opt/pixtral/node"
  node="$root/opt/pixtral/node/bin/node"
  # It needs libatomic.so.1, which comes with a compiler. AWS's image has one; for others the archive has what Node uses of it.
  if ! "$node" --version >/dev/null 2>&1; then
    export LD_LIBRARY_PATH="$root/opt/pixtral/node/lib"
    if ! problem="$("$node" --version 2>&1)"; then
      say "Node cannot run on this image: ${problem:0:500}"
      exit 1
    fi
    say "this image has no libatomic.so.1: Node runs with its own"
    node_environment="Environment=LD_LIBRARY_PATH=$LD_LIBRARY_PATH"
  fi
fi

say "starting the agent"
if [ "${PIXTRAL_INIT:-systemd}" = exec ]; then
  exec "$node" "$root/opt/pixtral/agent/agent.mjs" run
fi
# The model server's own user: it owns nothing but its socket and its compiled kernels.
if ! id -u pixtral-engine >/dev/null 2>&1; then
  useradd --system --no-create-home --home-dir /var/lib/pixtral/engine-home --shell /usr/sbin/nologin pixtral-engine
fi
units="$root/etc/systemd/system"
mkdir -p "$units/pixtral-agent.service.d"
find "$root/opt/pixtral/agent" -maxdepth 1 \( -name 'pixtral-*.service' -o -name 'pixtral-*.socket' \) \
  -exec install -m 644 {} "$units/" \;
printf '[Service]\nTimeoutStopSec=%s\n' "$agent_stop_seconds" >"$units/pixtral-agent.service.d/drain.conf"
if [ -n "${node_environment:-}" ]; then
  mkdir -p "$units/pixtral-pictures@.service.d"
  printf '[Service]\n%s\n' "$node_environment" |
    tee "$units/pixtral-agent.service.d/node.conf" >"$units/pixtral-pictures@.service.d/node.conf"
fi
systemctl daemon-reload
# Enabled, not only started: after a stop and a start the user data does not run again.
systemctl enable --now pixtral-storage.service pixtral-agent.service
