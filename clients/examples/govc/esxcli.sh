#!/usr/bin/env bash
# esxcli through govc: on a host with its own user, and through vCenter, which hands the commands on to the host.
set -euo pipefail
govc() { "$GOVC" "$@"; }
esxcli() { govc host.esxcli -- "$@"; }
want() { # want TEXT COMMAND…: the output must contain the text
  local text=$1 output; shift
  output=$("$@" 2>&1) || { echo "failed: $*: $output"; exit 1; }
  grep -q -- "$text" <<<"$output" || { echo "no '$text' in: $*"; echo "$output"; exit 1; }
  echo "ok $* (has '$text')"
}
refused() { # refused TEXT COMMAND…: the command must fail, and say the text
  local text=$1 output; shift
  if output=$("$@" 2>&1); then echo "not refused: $*"; exit 1; fi
  grep -q -- "$text" <<<"$output" || { echo "no '$text' in: $*"; echo "$output"; exit 1; }
  echo "ok $* (refused: '$text')"
}
world_of() { # the world of a VM by its name, from the blocks of the list
  esxcli vm process list | awk -v name="$1" '/^DisplayName:/ { found = ($2 == name) } /^WorldID:/ && found { print $2 }'
}

commands() {
  want 'Releasebuild-' esxcli system version get
  want 'esx-01' esxcli system hostname get
  want '-' esxcli system uuid get
  want 'Z' esxcli hardware clock get
  want 'Disabled' esxcli system maintenanceMode get
  want 'root' esxcli system account list
  want 'Admin' esxcli system permission list
  want '/scratch/log' esxcli system syslog config get
  want 'hostd.log' esxcli system syslog config logger list
  want 'ProductName' esxcli hardware platform get
  want 'PhysicalMemory' esxcli hardware memory get
  want 'CPUCores' esxcli hardware cpu global get
  want 'vmnic0' esxcli hardware pci list
  want 'vmnic0' esxcli network nic list
  want 'vSwitch0' esxcli network vswitch standard list
  want 'VM Network' esxcli network vswitch standard portgroup list
  want 'srcport' esxcli network vswitch standard policy failover get -v vSwitch0
  want 'vmk0' esxcli network ip interface list
  want 'STATIC' esxcli network ip interface ipv4 get
  want 'Management' esxcli network ip interface tag get -i vmk0
  want 'default' esxcli network ip route ipv4 list
  want '10.0.0.2' esxcli network ip dns server list
  want 'defaultTcpipStack' esxcli network ip netstack list
  want '0.0.0.0:443' esxcli network ip connection list -t tcp
  want 'VM Network' esxcli network vm list
  want 'Recieved: *3' esxcli network diag ping -H esx-02
  refused 'Message too long' esxcli network diag ping -H esx-02 -s 8972 -d true
  want 'shared-01' esxcli storage filesystem list
  want 'vmhba1' esxcli storage core adapter list
  want 'naa.' esxcli storage core device list
  want 'active' esxcli storage core path list
  want 'VMW_PSP_RR' esxcli storage nmp device list
  want 'shared-01' esxcli storage vmfs extent list
  want 'esx-base' esxcli software vib list
  want 'esx-ui' esxcli software vib get -n esx-ui
  want 'standard' esxcli software profile get
  want 'PartnerSupported' esxcli software acceptance get
  refused 'NoMatchError' esxcli software vib get -n nothing
  refused 'could not be found' esxcli network bogus get
  refused 'not found in name space' esxcli network firewall bogus
  refused 'Invalid data constraint' esxcli network ip connection list -t enoent
  refused 'not enabled' esxcli vsan cluster get

  # The firewall: what one client changes, another one sees.
  want 'DROP' esxcli network firewall get
  esxcli network firewall ruleset set -r syslog -e true
  want 'syslog' govc firewall.ruleset.find -direction outbound -port 514
  esxcli network firewall ruleset set -r syslog -a false
  esxcli network firewall ruleset allowedip add -r syslog -i 192.168.1.0/24
  want '192.168.1.0/24' esxcli network firewall ruleset allowedip list -r syslog
  refused 'already exist' esxcli network firewall ruleset allowedip add -r syslog -i 192.168.1.0/24
  want '514' esxcli network firewall ruleset rule list -r syslog
  esxcli network firewall ruleset allowedip remove -r syslog -i 192.168.1.0/24
  esxcli network firewall ruleset set -r syslog -a true -e false
  refused 'Unable to find ruleset' esxcli network firewall ruleset set -r nothing -e true

  # Settings: with their types and ranges.
  esxcli system settings advanced set -o /Net/MaxNetifTxRingSize -i 8192
  want 'IntValue: *8192' esxcli system settings advanced list -o /Net/MaxNetifTxRingSize
  esxcli system settings advanced set -o /Net/MaxNetifTxRingSize -d true
  refused 'not correct: Net.UsePolling' esxcli system settings advanced set -o /Net/UsePolling -i 2
  refused 'Unable to find option' esxcli system settings advanced list -o /Net/ENOENT

  # A card and a VM: switched off and on again.
  esxcli network nic down -n vmnic1
  want 'Down' esxcli network nic list
  esxcli network nic up -n vmnic1
  esxcli system settings advanced set -o /Net/GuestIPHack -i 1
  want '10\.' govc vm.ip -esxcli "$VM"
  esxcli system settings advanced set -o /Net/GuestIPHack -i 0
  esxcli vm process kill -t soft -w "$(world_of "$VM")"
  want 'poweredOff' govc vm.info "$VM"
  govc vm.power -on "$VM"
  # Whoever comes next finds its guest running.
  govc vm.ip -wait 3m "$VM"
  test -n "$(world_of "$VM")"
  want 'esxcli network nic up --nic-name=vmnic1' govc logs -host "$GOVC_HOST" -n 400
}

export VM=web-01
export GOVC_URL="$LAB_ESX_URL" GOVC_USERNAME="$LAB_ESX_USER" GOVC_PASSWORD="$LAB_ESX_PASSWORD" GOVC_HOST='*/esx-01*'
commands
export GOVC_URL="$LAB_VC_URL" GOVC_USERNAME="$LAB_VC_USER" GOVC_PASSWORD="$LAB_VC_PASSWORD" GOVC_HOST='*/esx-01'
commands
