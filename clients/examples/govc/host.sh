#!/usr/bin/env bash
# govc against one ESXi host, with the host's own user.
set -euo pipefail
export GOVC_URL="$LAB_ESX_URL" GOVC_USERNAME="$LAB_ESX_USER" GOVC_PASSWORD="$LAB_ESX_PASSWORD"
govc() { "$GOVC" "$@"; }
want() {
  local text=$1 output; shift
  output=$("$@" 2>&1) || { echo "failed: $*: $output"; exit 1; }
  grep -q -- "$text" <<<"$output" || { echo "no '$text' in: $*"; echo "$output"; exit 1; }
  echo "ok $* (has '$text')"
}
want 'HostAgent' govc about
want '/ha-datacenter/vm' govc ls
want 'esx-01' govc host.info
want 'ha-datacenter' govc tree
want 'Resources' govc pool.info '*/Resources'
govc vm.create -m 256 -c 1 -g otherGuest64 -net 'VM Network' -ds shared-01 -on=false host-vm
govc vm.power -on host-vm
want 'poweredOn' govc vm.info host-vm
want 'host-vm' govc events vm/host-vm
govc vm.power -off -force host-vm
govc vm.destroy host-vm
want 'root' govc session.ls
want 'Admin' govc role.ls
