#!/usr/bin/env bash
# A host's TLS policy and firewall as openssl, curl and nc see them. The lab's clock is manual.
set -euo pipefail
at=${LAB_ESX_URL#https://}; at=${at%/sdk}; [[ $at == *:* ]] || at=$at:443
here=$(mktemp -d); trap 'rm -rf "$here"' EXIT
fail() { echo "FAILED $1"; exit 1; }
control() { curl -sf -X "$1" -H 'content-type: application/json' "$LAB_CONTROL$2" ${3:+--data "$3"} > "$here/control"; }

# openssl s_client: protocol and cipher line of a handshake, or its error.
handshake() { # handshake OPTION ...
  printf 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n' \
    | timeout 20 openssl s_client -ign_eof -connect "$at" "$@" 2>&1 || true
}
expect() { # expect NAME PATTERN OPTION ...
  local name=$1 pattern=$2; shift 2
  handshake "$@" > "$here/out"
  grep -qE -- "$pattern" "$here/out" || { cat "$here/out"; fail "$name"; }
  echo "ok $name"
}
old=(-cipher 'ALL:@SECLEVEL=0')

# SOAP as root, from an address that the firewall will always let in.
soap() { # soap BODY
  curl -sk --interface 127.0.0.9 -b "$here/jar" -c "$here/jar" -H 'SOAPAction: "urn:vim25/8.0.3.0"' --data \
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soapenv:Body>$1</soapenv:Body></soapenv:Envelope>" \
    "$LAB_ESX_URL" > "$here/soap"
  grep -q "$2" "$here/soap" || { cat "$here/soap"; fail "$2"; }
}
login() { # with a session of its own: hostd forgets those of before
  rm -f "$here/jar"
  soap "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">ha-sessionmgr</_this><userName>$LAB_ESX_USER</userName><password>$LAB_ESX_PASSWORD</password></Login>" LoginResponse
}
disable() { # disable PROTOCOLS, in effect when hostd has begun again
  soap "<UpdateOptions xmlns=\"urn:vim25\"><_this type=\"OptionManager\">ha-adv-options</_this><changedValue><key>UserVars.ESXiVPsDisabledProtocols</key><value xsi:type=\"xsd:string\">$1</value></changedValue></UpdateOptions>" "$2"
}
restart_hostd() {
  control POST /v1/faults '{"fault":"hostd-stop","target":"host/esx-01"}'
  control DELETE /v1/faults
  until curl -sk --interface 127.0.0.9 -o "$here/page" "https://$at/"; do sleep 0.1; done
}
allow() { # allow LIST
  soap "<UpdateRuleset xmlns=\"urn:vim25\"><_this type=\"HostFirewallSystem\">firewallSystem</_this><id>vSphereClient</id><spec><allowedHosts>$1</allowedHosts></spec></UpdateRuleset>" UpdateRulesetResponse
}

# A5: versions, and tickets that live for a day.
expect 'TLS 1.1 is refused' 'alert protocol version' -tls1_1 "${old[@]}"
expect 'TLS 1.2 is taken' 'Protocol *: TLSv1.2|New, TLSv1.2' -tls1_2
expect 'TLS 1.3 is taken' 'New, TLSv1.3' -tls1_3
for version in -tls1_2 -tls1_3; do
  expect "$version gives a ticket" '^New, TLSv1' "$version" -sess_out "$here/ticket"
  expect "$version session is resumed" '^Reused, TLSv1' "$version" -sess_in "$here/ticket"
  control POST /v1/clock/advance '{"duration":"24h"}'
  expect "$version full handshake when the keys have changed" '^New, TLSv1' "$version" -sess_in "$here/ticket"
done

# A14: what the host's option takes away.
login
disable 'sslv3,tlsv1,tlsv1.1,quic' InvalidArgument
disable 'sslv3,tlsv1,tlsv1.1,tlsv1.2' UpdateOptionsResponse
expect 'TLS 1.2 until hostd starts again' 'TLSv1.2' -tls1_2
restart_hostd
expect 'TLS 1.2 is off' 'alert protocol version' -tls1_2
expect 'TLS 1.3 is left' 'New, TLSv1.3' -tls1_3
login
disable 'sslv3,tlsv1,tlsv1.1' UpdateOptionsResponse
restart_hostd
expect 'TLS 1.2 is back' 'TLSv1.2' -tls1_2

# A7, A15: who may connect. A dropped client is told nothing until its own patience ends.
login
allow '<ipAddress>127.0.0.9</ipAddress><allIp>false</allIp>'
curl -sk --interface 127.0.0.9 "https://$at/sdk/vimServiceVersions.xml" | grep -q '<version>' || fail 'allowed address'
echo 'ok allowed address is answered'
status=0; curl -sk --interface 127.0.0.8 --max-time 2 "https://$at/" > "$here/page" || status=$?
[ "$status" = 28 ] || fail "other address: curl $status"
echo 'ok other address waits in vain'
if command -v nc > /dev/null; then
  { printf 'hello\r\n\r\n'; sleep 1; } | timeout 3 nc -s 127.0.0.8 "${at%:*}" "${at##*:}" > "$here/nc" || true
  [ ! -s "$here/nc" ] || fail 'nc got bytes'
  echo 'ok nc gets no byte'
fi
allow '<ipNetwork><network>127.0.0.0</network><prefixLength>28</prefixLength></ipNetwork><allIp>false</allIp>'
curl -sk --interface 127.0.0.8 "https://$at/sdk/vimServiceVersions.xml" | grep -q '<version>' || fail 'network'
echo 'ok network is answered'
