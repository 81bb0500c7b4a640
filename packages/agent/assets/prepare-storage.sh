#!/bin/bash
# prepare-storage.sh FOLDER: puts the state folder on the instance's NVMe, which writes and reads the weights several times as
# fast as the root volume. An NVMe is empty after a stop and as it was after a reboot, so this runs at every boot.
# Whatever goes wrong, the root volume serves in its place: slower, with a warning in the journal.
set -uo pipefail

folder="$1"
# Where AWS's Deep Learning AMI has mounted the NVMe already, all of its disks as one.
ami_mount=/opt/dlami/nvme
# XFS takes 12 characters.
label=pixtral-nvme
raid=/dev/md/pixtral

say() { echo "storage: $*"; }

# Names of the instance store's disks that nobody uses, one a line.
free_disks() {
  local name model
  lsblk --noheadings --nodeps --paths --output NAME,MODEL | while read -r name model; do
    [ "$model" = 'Amazon EC2 NVMe Instance Storage' ] || continue
    if lsblk --noheadings --output MOUNTPOINTS "$name" | grep -q '[^[:space:]]'; then
      say "$name is mounted by somebody else: left alone" >&2
    else
      echo "$name"
    fi
  done
}

# The file system that an earlier boot has made, as a device; nothing after a stop.
find_file_system() {
  # An array is put together by udev, but not always before this runs.
  if command -v mdadm >/dev/null; then mdadm --assemble --scan >/dev/null 2>&1; fi
  blkid --label "$label"
}

# Makes one disk of several: they are scratch space, and only speed counts.
join_disks() {
  if [ "$#" -eq 1 ]; then
    echo "$1"
  else
    mdadm --create "$raid" --run --force --level=0 --raid-devices="$#" "$@" >&2 && echo "$raid"
  fi
}

# Without trimming the whole disk first, which takes seconds and is of no use on an empty one.
make_file_system() {
  if command -v mkfs.xfs >/dev/null; then
    mkfs.xfs -q -f -K -L "$label" "$1"
  else
    mkfs.ext4 -q -F -E nodiscard -L "$label" "$1"
  fi
}

use_nvme() {
  local device disks
  device="$(find_file_system)"
  if [ -z "$device" ]; then
    mapfile -t disks < <(free_disks)
    if [ "${#disks[@]}" -eq 0 ]; then
      say 'this instance has no NVMe of its own'
      return 1
    fi
    device="$(join_disks "${disks[@]}")" || return 1
    make_file_system "$device" || return 1
    say "made a file system on ${disks[*]}"
  fi
  mount -o noatime "$device" "$folder" || return 1
  say "$folder is on $device"
}

use_ami_mount() {
  mkdir -p "$ami_mount/pixtral" && mount --bind "$ami_mount/pixtral" "$folder" || return 1
  say "$folder is in $ami_mount"
}

mkdir -p "$folder"
if mountpoint -q "$folder"; then
  say "$folder is mounted already"
elif mountpoint -q "$ami_mount"; then
  use_ami_mount || say "WARNING: $ami_mount cannot be used: files go to the root volume"
else
  use_nvme || say "WARNING: no NVMe can be used: files go to the root volume, and a start takes minutes longer"
fi
