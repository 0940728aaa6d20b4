#!/usr/bin/env bash
# govc against vCenter: inventory, power, create and destroy, events, tasks, sessions, roles.
set -euo pipefail
export GOVC_URL="$LAB_VC_URL" GOVC_USERNAME="$LAB_VC_USER" GOVC_PASSWORD="$LAB_VC_PASSWORD"
govc() { "$GOVC" "$@"; }
want() { # want TEXT COMMAND…: the output must contain the text
  local text=$1 output; shift
  output=$("$@" 2>&1) || { echo "failed: $*: $output"; exit 1; }
  grep -q -- "$text" <<<"$output" || { echo "no '$text' in: $*"; echo "$output"; exit 1; }
  echo "ok $* (has '$text')"
}
want 'VirtualCenter' govc about
want '/DC-01/vm' govc ls
want 'web-01' govc ls -l vm/Production
want 'esx-01' govc find / -type h
want 'db-01' govc find . -type m -runtime.powerState poweredOn
want 'DC-01' govc tree
want 'poweredOn' govc object.collect -s vm/Production/db-01 runtime.powerState
want 'poweredOn' govc vm.info db-01
want 'esx-01' govc host.info '*/esx-01'
want 'shared-01' govc datastore.info shared-01
want 'Resources' govc pool.info '*/Resources'
want 'DC-01' govc datacenter.info
want 'com.vmware' govc extension.info
govc vm.create -m 256 -c 1 -g otherGuest64 -net 'VM Network' -ds shared-01 -host esx-01* -on=false govc-vm
want 'poweredOff' govc vm.info govc-vm
govc vm.power -on govc-vm
want 'poweredOn' govc vm.info govc-vm
want 'govc-vm' govc events vm/govc-vm
want 'success' govc tasks vm/govc-vm
govc vm.power -off -force govc-vm
govc vm.destroy govc-vm
test -z "$(govc find . -type m -name govc-vm)"
govc datacenter.create govc-dc
want 'govc-dc' govc ls /
govc folder.create /govc-dc/vm/a
govc object.destroy /govc-dc/vm/a
govc object.destroy /govc-dc
govc fields.add -type VirtualMachine govc-field
govc fields.set govc-field value-1 vm/Production/db-01
want 'value-1' govc fields.info vm/Production/db-01
govc fields.rm govc-field
govc role.create govc-role VirtualMachine.Interact.PowerOn
want 'VirtualMachine.Interact.PowerOn' govc role.ls govc-role
govc permissions.set -principal 'VSPHERE.LOCAL\operator' -role govc-role /DC-01/vm
want 'govc-role' govc permissions.ls /DC-01/vm
govc permissions.remove -principal 'VSPHERE.LOCAL\operator' /DC-01/vm
govc role.remove govc-role
want 'VSPHERE.LOCAL' govc session.ls
# Logs of vCenter and, through it, of a host; one operation id in both; bundles of both.
want 'vpxd:vpxd.log' govc logs.ls
want 'vmkernel' govc logs.ls -host '*/esx-02'
GOVC_OPERATION_ID=vc-drill-1 govc vm.power -suspend db-01 >/dev/null
GOVC_OPERATION_ID=vc-drill-1 govc vm.power -on db-01 >/dev/null
want 'opID=vc-drill-1' govc logs -n 100
want 'opID=vc-drill-1' govc logs -host '*/esx-02' -n 100
want 'opID=vc-drill-1' govc logs -host '*/esx-02' -log vpxa -n 100
govc option.set config.log.level verbose
govc about >/dev/null
want 'verbose vpxd' govc logs -n 5
govc option.set config.log.level info
folder=$(mktemp -d)
(cd "$folder" && "$GOVC" logs.download -default '*/esx-02' >/dev/null && for file in *.tgz; do tar xzf "$file"; done)
want 'vc-drill-1' cat "$folder"/vc-*/var/log/vmware/vpxd/vpxd.log
want 'vc-drill-1' cat "$folder"/esx-*/var/run/log/hostd.log
want 'PowerOn' cat "$folder"/esx-*/vmfs/volumes/*/db-01/vmware.log
rm -rf "$folder"
