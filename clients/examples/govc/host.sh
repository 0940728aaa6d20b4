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
# Logs of the host: as govmomi's own suite asks for them, and the bundle.
want 'hostd' govc logs.ls
want 'hostd' govc logs.ls -host enoent
want 'Hostd' govc logs
test "$(govc logs -n 2002 | wc -l)" -ge "$(govc logs -n 2 | wc -l)"
want 'vmkernel' govc logs -log vmkernel
want 'Hostd' govc logs -host enoent
if govc logs -log enoent 2>/dev/null; then echo 'failed: logs of a key that is not there'; exit 1; fi
GOVC_PERSIST_SESSION=false GOVC_OPERATION_ID=host-drill-1 govc events >/dev/null
want 'host-drill-1' govc logs
folder=$(mktemp -d)
(cd "$folder" && "$GOVC" logs.download >/dev/null && tar xzf esx-*.tgz)
want 'Hostd' cat "$folder"/esx-*/var/run/log/hostd.log
rm -rf "$folder"
