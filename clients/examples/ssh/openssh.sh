#!/usr/bin/env bash
# The OpenSSH clients (ssh, sftp, scp) with a host: off after installation, started and stopped through the API and from
# inside, keys, allowed addresses, the lock after wrong passwords. The lab's clock is manual. LAB_SSH: address:port of 22.
set -euo pipefail
host=${LAB_SSH%:*} port=${LAB_SSH##*:}
here=$(mktemp -d); trap 'rm -rf "$here"' EXIT
export GOVC_URL=$LAB_ESX_URL GOVC_USERNAME=$LAB_ESX_USER GOVC_PASSWORD=$LAB_ESX_PASSWORD SSHPASS=$LAB_ESX_PASSWORD
govc=${GOVC:-govc}
options=(-o StrictHostKeyChecking=no -o UserKnownHostsFile="$here/known" -o LogLevel=ERROR -o NumberOfPasswordPrompts=1 -o ConnectTimeout=10)
fail() { echo "FAILED $1"; exit 1; }
is() { # is NAME FOUND EXPECTED
  [ "$2" = "$3" ] || fail "$1: $2, not $3"
  echo "ok $1"
}
# Runs a client and tells its exit status; what it said is in out and err.
status() { local code=0; "$@" > "$here/out" 2> "$here/err" < /dev/null || code=$?; echo "$code"; }
with_password() { sshpass -e "$@"; }
remote() { with_password ssh "${options[@]}" -p "$port" "root@$host" "$@"; }
advance() { curl -sf -X POST -H 'content-type: application/json' "$LAB_CONTROL/v1/clock/advance" --data "{\"duration\":\"$1\"}" > "$here/control"; }

# A4: the service is the door.
is 'off: exit status' "$(status ssh "${options[@]}" -o BatchMode=yes -p "$port" "root@$host" true)" 255
grep -q 'Connection refused' "$here/err" || fail "off: $(cat "$here/err")"
"$govc" host.service start TSM-SSH
is 'a command' "$(status remote 'echo one; echo two >&2; exit 3')" 3
is 'its output' "$(cat "$here/out")" one
is 'its errors' "$(cat "$here/err")" two
is 'input' "$(echo given | remote cat)" given
printf 'hostname\nexit 5\n' > "$here/typed"
code=0; remote -tt < "$here/typed" > "$here/terminal" || code=$?
is 'a terminal' "$code" 5
grep -q 'have been sent to the system logs' "$here/terminal" || fail 'message of the day'
grep -q '^\[root@.*:~\] hostname' "$here/terminal" || fail "prompt: $(cat "$here/terminal")"

# Files: logs can be read, and a key be left.
printf 'get /var/log/auth.log %s\n' "$here/auth.log" | with_password sftp -o BatchMode=no "${options[@]}" -b - -P "$port" "root@$host" > "$here/out"
grep -q 'Accepted keyboard-interactive/pam for root from' "$here/auth.log" || fail 'sftp: auth.log'
with_password scp "${options[@]}" -P "$port" "root@$host:/var/log/shell.log" "$here/shell.log"
grep -q '\[root\]: hostname' "$here/shell.log" || fail 'scp: shell.log'
is 'sftp: no such file' "$(status with_password scp "${options[@]}" -P "$port" "root@$host:/var/log/none" "$here")" 1
ssh-keygen -q -t ed25519 -N '' -C lab -f "$here/key"
with_password scp "${options[@]}" -P "$port" "$here/key.pub" "root@$host:/etc/ssh/keys-root/authorized_keys"
is 'a key' "$(ssh "${options[@]}" -o BatchMode=yes -i "$here/key" -p "$port" "root@$host" 'echo in')" in

# A15: who may connect. A dropped client is told nothing until its own patience ends.
soap() {
  curl -sk -b "$here/jar" -c "$here/jar" -H 'SOAPAction: "urn:vim25/8.0.3.0"' "$LAB_ESX_URL" --data \
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>$1</soapenv:Body></soapenv:Envelope>" > "$here/soap"
  grep -q "$2" "$here/soap" || { cat "$here/soap"; fail "$2"; }
}
allow() {
  soap "<UpdateRuleset xmlns=\"urn:vim25\"><_this type=\"HostFirewallSystem\">firewallSystem</_this><id>sshServer</id><spec><allowedHosts>$1</allowedHosts></spec></UpdateRuleset>" UpdateRulesetResponse
}
soap "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">ha-sessionmgr</_this><userName>$LAB_ESX_USER</userName><password>$LAB_ESX_PASSWORD</password></Login>" LoginResponse
allow '<ipAddress>127.0.0.9</ipAddress><allIp>false</allIp>'
is 'allowed address' "$(with_password ssh "${options[@]}" -b 127.0.0.9 -p "$port" "root@$host" 'echo in')" in
is 'other address' "$(status ssh "${options[@]}" -o BatchMode=yes -o ConnectTimeout=2 -b 127.0.0.8 -p "$port" "root@$host" true)" 255
grep -q 'timed out' "$here/err" || fail "other address: $(cat "$here/err")"
allow '<allIp>true</allIp>'

# Wrong passwords: lines, and the lock that the API has too.
for _ in 1 2 3 4 5; do is 'wrong password' "$(SSHPASS=Wrong-7 status remote true)" 255; done
grep -q 'Permission denied' "$here/err" || fail "wrong password: $(cat "$here/err")"
is 'locked' "$(status remote true)" 255
"$govc" about > "$here/out" 2>&1 && fail 'the API is not locked' || echo 'ok locked in the API too'
advance 900s
is 'unlocked after 900 s' "$(status remote true)" 0
"$govc" logs -log auth -n 500 > "$here/auth.log"
is 'failed lines' "$(grep -c 'Failed keyboard-interactive/pam for root from' "$here/auth.log")" 6
! grep -q 'Wrong-7' "$here/auth.log" || fail 'a password is in auth.log'

# A11: from inside. The session that stops the service lives on.
is 'stopped from inside' "$(remote 'vim-cmd hostsvc/stop_ssh; echo still here')" 'still here'
is 'refused again' "$(status ssh "${options[@]}" -o BatchMode=yes -p "$port" "root@$host" true)" 255
grep -q 'Connection refused' "$here/err" || fail "stopped: $(cat "$here/err")"
"$govc" host.service.ls > "$here/out"
grep -qE '^TSM-SSH +off +Stopped' "$here/out" || fail "host.service.ls: $(grep SSH "$here/out")"
echo "22 of $host:$port: $(ssh -V 2>&1)"
