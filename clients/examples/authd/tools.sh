#!/usr/bin/env bash
# nc and openssl s_client on 443 and 902 of a host: the ports answer, the greeting is the product's, TLS 1.2 and 1.3 are
# taken and 1.1 is not, and the certificate is the one that the table of nodes names. LAB_AUTHD: address:port of 902.
set -euo pipefail
cd "$(dirname "$0")"
host=${LAB_AUTHD%:*} port=${LAB_AUTHD##*:}
https=$(sed -E 's#https://[^:/]+(:([0-9]+))?/.*#\2#' <<<"$LAB_ESX_URL")

nc -z -w 5 "$host" "${https:-443}"
nc -z -w 5 "$host" "$port"

greeting=$({ nc -w 2 "$host" "$port" </dev/null || true; } | head -n 1)
case $greeting in
  '220 VMware Authentication Daemon Version 1.10: SSL Required, '*) ;;
  *) echo "greeting: $greeting"; exit 1 ;;
esac

exec 3< <(exec python3 past_banner.py "$host" "$port")
relay=$!
trap 'kill "$relay"' EXIT
read -r through <&3

talk() { { printf 'QUIT\r\n'; sleep 1; } | openssl s_client -connect "127.0.0.1:$through" -quiet "$@" 2>&1 || true; }

for version in tls1_2 tls1_3; do
  talk "-$version" | grep -q '^221 ' || { echo "no good-bye over $version"; exit 1; }
done
if talk -tls1_1 -cipher 'ALL:@SECLEVEL=0' | grep -q '^221 '; then echo 'TLS 1.1 was taken'; exit 1; fi

shown=$(openssl s_client -connect "127.0.0.1:$through" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha1)
[ "${shown#*=}" = "$LAB_ESX_THUMBPRINT" ] || { echo "certificate: $shown, not $LAB_ESX_THUMBPRINT"; exit 1; }
echo "902 of $host:$port: greeting, TLS 1.2 and 1.3, ${shown#*=}"
