#!/usr/bin/env bash
# SOAP by hand: service content, login, one read, logout.
set -euo pipefail
jar=$(mktemp); trap 'rm -f "$jar"' EXIT
soap() { # soap BODY
  curl -sk -b "$jar" -c "$jar" -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "urn:vim25/8.0.3.0"' \
    --data "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>$1</soapenv:Body></soapenv:Envelope>" \
    "$LAB_VC_URL"
}
has() { grep -q -- "$1" || { echo "no '$1' in the answer"; exit 1; }; echo "ok $1"; }
soap '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>' | has 'VMware vCenter Server'
soap '<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>' | has 'NotAuthenticatedFault'
soap "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this><userName>$LAB_VC_USER</userName><password>$LAB_VC_PASSWORD</password></Login>" | has '<userName>VSPHERE.LOCAL'
grep -q vmware_soap_session "$jar"
soap '<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet><obj type="Folder">group-d1</obj></objectSet></specSet><options/></RetrievePropertiesEx>' | has '<val xsi:type="xsd:string">Datacenters</val>'
soap '<Logout xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this></Logout>' | has 'LogoutResponse'
curl -sk "${LAB_VC_URL}/vimServiceVersions.xml" | has '<version>8.0.3.0</version>'
