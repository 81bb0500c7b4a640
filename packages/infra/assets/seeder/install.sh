#!/bin/bash
# Prepares the build's machine (Ubuntu 24.04, as the AMI): the packer, the AMI's own Python, the agents' own Node.
# A machine that names its Node in PIXTRAL_NODE has what it needs.
set -euo pipefail

if [ -n "${PIXTRAL_NODE:-}" ]; then exit 0; fi

export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# Packages of Ubuntu's own archive, whose signatures apt checks. Node needs libatomic1.
apt-get -qq install --no-install-recommends squashfs-tools python3.12 python3-pip libatomic1 >/dev/null
mksquashfs -version | head -n 1
/usr/bin/python3.12 -m pip --version

mkdir -p /opt/pixtral/node
aws s3 cp --only-show-errors "s3://$PIXTRAL_NODE_BUCKET/$PIXTRAL_NODE_KEY" /opt/pixtral/node.tar.gz
echo "$PIXTRAL_NODE_SHA256  /opt/pixtral/node.tar.gz" | sha256sum --check --quiet
tar -xzf /opt/pixtral/node.tar.gz -C /opt/pixtral/node
/opt/pixtral/node/bin/node --version
