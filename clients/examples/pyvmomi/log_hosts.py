"""A host and vCenter send their logs to rsyslog, over UDP, TCP and TLS, in both formats.

Starts a lab and an rsyslogd of its own, on free loopback ports; ends with 3 where rsyslogd is not there.
usage: log_hosts.py PATH_OF_fauxsphere.mjs
"""
import base64
import glob
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from urllib.request import Request, urlopen

from pyVmomi import vim

from lab import check, close, connect, view_of

PATIENCE_S = 30
LIBRARIES = ("/usr/lib/*", "/usr/lib64", "/usr/lib", "/usr/local/lib")

CONFIG = """
global(workDirectory="{dir}" defaultNetstreamDriverCAFile="{dir}/ca.pem"
       defaultNetstreamDriverCertFile="{dir}/cert.pem" defaultNetstreamDriverKeyFile="{dir}/key.pem")
module(load="imudp")
module(load="imptcp")
template(name="line" type="string" string="%inputname% v%protocol-version% <%pri%> %hostname% %app-name% %procid% %msg%\\n")
ruleset(name="all") {{ action(type="omfile" file="{dir}/received" template="line") }}
input(type="imudp" address="127.0.0.1" port="{udp}" name="udp" ruleset="all")
input(type="imptcp" address="127.0.0.1" port="{tcp}" name="tcp" ruleset="all")
"""

TLS = """
module(load="imtcp" streamDriver.name="{driver}" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="{tls}" name="tls" ruleset="all")
"""


def rsyslogd():
    found = shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin:/sbin")
    if found is None:
        print("skipped: rsyslogd is not installed")
        sys.exit(3)
    return found


def tls_driver():
    """The TLS that this rsyslogd has; None without any, or without openssl to make a certificate."""
    for name in ("gtls", "ossl"):
        if shutil.which("openssl") and any(glob.glob(f"{folder}/rsyslog/lmnsd_{name}.so") for folder in LIBRARIES):
            return name
    return None


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """An authority that the lab is told to trust, and a certificate of it for localhost."""
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, cwd=folder, capture_output=True)
    with open(f"{folder}/names", "w") as names:
        names.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=log authority",
            "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request")
    openssl("x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", "cert.pem")


class Receiver:
    """rsyslogd with a configuration of its own; `since` reads what it wrote."""

    def __init__(self, folder, driver):
        self.folder = folder
        self.udp, self.tcp, self.tls = (free_port(kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_STREAM))
        with open(f"{folder}/rsyslog.conf", "w") as config:
            config.write(CONFIG.format(dir=folder, udp=self.udp, tcp=self.tcp))
            if driver is not None:
                config.write(TLS.format(driver=driver, tls=self.tls))
        self.process = subprocess.Popen([rsyslogd(), "-n", "-f", f"{folder}/rsyslog.conf", "-i", f"{folder}/pid"])
        self.wait_for(lambda: self.answers(), "rsyslogd listens")

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tcp)) == 0

    def lines(self):
        try:
            with open(f"{self.folder}/received", errors="replace") as received:
                return received.read().splitlines()
        except FileNotFoundError:
            return []

    def wait_for(self, holds, text):
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                print("\n".join(self.lines()[-40:]))
                raise AssertionError("in vain: " + text)
            time.sleep(0.05)
        print("ok", text)

    def gets(self, text, after, *parts):
        """Waits for a line with all the parts behind the first `after` lines."""
        self.wait_for(lambda: any(all(part in line for part in parts) for line in self.lines()[after:]), text)


class Lab:
    def __init__(self, program, folder, trust):
        flags = ["--lab", "small", "--ports", "free", "--control-listen", "127.0.0.1:0", "--json"]
        more = ["--trust", f"{folder}/ca.pem"] if trust else []
        self.process = subprocess.Popen(["node", program, "up", *flags, *more], stdout=subprocess.PIPE, text=True)
        self.facts = json.loads(self.process.stdout.readline())
        for kind, prefix in (("vcenter", "LAB_VC"), ("esxi", "LAB_ESX")):
            node = next(node for node in self.facts["nodes"] if node["kind"] == kind)
            os.environ[prefix + "_URL"], os.environ[prefix + "_USER"] = node["sdk"], node["username"]
            os.environ[prefix + "_PASSWORD"] = node["password"]

    def rest(self, method, path, body):
        """A request to the REST API of vCenter, with a session for it."""
        base = os.environ["LAB_VC_URL"].removesuffix("/sdk")
        login = f'{os.environ["LAB_VC_USER"]}:{os.environ["LAB_VC_PASSWORD"]}'.encode()
        context = ssl._create_unverified_context()
        opened = Request(base + "/api/session", method="POST",
                         headers={"authorization": "Basic " + base64.b64encode(login).decode()})
        with urlopen(opened, context=context) as answer:
            session = json.load(answer)
        request = Request(base + path, method=method, data=json.dumps(body).encode(),
                          headers={"content-type": "application/json", "vmware-api-session-id": session})
        with urlopen(request, context=context) as answer:
            text = answer.read()
            return json.loads(text) if text else None


def set_option(manager, key, value):
    manager.UpdateOptions([vim.option.OptionValue(key=key, value=value)])


def speak(host):
    """Makes hostd write: a call that changes something."""
    set_option(host.configManager.advancedOption, "Annotations.WelcomeMessage", f"welcome {time.monotonic()}")


def host_sends(host, receiver, tls):
    options, firewall = host.configManager.advancedOption, host.configManager.firewallSystem
    set_option(options, "Syslog.global.remoteHost.connectRetryDelay", 1)
    targets = {
        "udp v0 ": f"udp://127.0.0.1:{receiver.udp}",
        "udp v1 ": f"udp://127.0.0.1:{receiver.udp}?formatter=RFC_5424",
        "tcp v0 ": f"tcp://127.0.0.1:{receiver.tcp}?framing=non_transparent",
        "tcp v1 ": f"tcp://127.0.0.1:{receiver.tcp}?formatter=RFC_5424&framing=octet_counting",
    }
    if tls:
        targets["tls v0 "] = f"ssl://localhost:{receiver.tls}"
        targets["tls v1 "] = f"ssl://localhost:{receiver.tls}?formatter=RFC_5424"
    set_option(options, "Syslog.global.logHost", ",".join(targets.values()))
    speak(host)
    check(receiver.lines() == [], "nothing comes while the ruleset syslog is closed")
    firewall.EnableRuleset("syslog")
    # Streams try again after their delay; what is written then goes to all.
    for what, url in targets.items():
        receiver.wait_for(lambda: speak(host) or any(line.startswith(what) for line in receiver.lines()), url)
        receiver.gets(f"{what.strip()}: hostd's lines", 0, what, "<166>", " esx-01", " Hostd ")
    firewall.DisableRuleset("syslog")
    # What was under way is waited for: nothing new for a second.
    count = -1
    while count != len(receiver.lines()):
        count = len(receiver.lines())
        time.sleep(1)
    for _ in range(20):
        speak(host)
    time.sleep(1)
    check(len(receiver.lines()) == count, "the ruleset closed again: nothing comes any more")
    firewall.EnableRuleset("syslog")


def level_shows(host, receiver):
    options = host.configManager.advancedOption
    set_option(options, "Syslog.global.logHost", f"tcp://127.0.0.1:{receiver.tcp}")
    before = len(receiver.lines())
    speak(host)
    receiver.gets("hostd at info", before, "<166>", " Hostd ")
    check(not any("<167>" in line and "Hostd" in line for line in receiver.lines()), "no line of a lower level")
    set_option(options, "Config.HostAgent.log.level", "verbose")
    receiver.wait_for(lambda: speak(host) or any("<167>" in line and "Hostd" in line for line in receiver.lines()),
                      "hostd at verbose: its lines of that level arrive")


def vcenter_sends(lab, receiver, tls):
    targets = [("127.0.0.1", receiver.udp, "UDP"), ("127.0.0.1", receiver.tcp, "TCP")]
    if tls:
        targets.append(("localhost", receiver.tls, "TLS"))
    cfg_list = [dict(zip(("hostname", "port", "protocol"), target)) for target in targets]
    before = len(receiver.lines())
    lab.rest("PUT", "/api/appliance/logging/forwarding", {"cfg_list": cfg_list})
    kinds = [kind for kind in ("udp", "tcp", "tls") if kind != "tls" or tls]
    for kind in kinds:
        def came(kind=kind):
            close(connect("LAB_VC"))
            return any(line.startswith(kind + " v1 <14> vc-01") and "vim.event.UserLoginSessionEvent" in line
                       for line in receiver.lines()[before:])
        receiver.wait_for(came, f"vCenter's events over {kind}")
    answer = lab.rest("POST", "/api/appliance/logging/forwarding?action=test", {"send_test_message": True})
    check([each["state"] for each in answer][1:] == ["UP"] * (len(kinds) - 1), "action=test: the streams are up")
    for kind in kinds:
        receiver.gets(f"vCenter's lines over {kind}", before, kind + " v1 ", " vc-01", "Test message")


def main():
    rsyslogd()
    driver = tls_driver()
    with tempfile.TemporaryDirectory() as folder:
        if driver is None:
            print("skipped: TLS, this rsyslogd has none")
        else:
            make_certificate(folder)
        receiver = Receiver(folder, driver)
        lab = None
        try:
            lab = Lab(sys.argv[1], folder, driver is not None)
            si = connect("LAB_ESX")
            host = view_of(si, vim.HostSystem)[0]
            host_sends(host, receiver, driver is not None)
            level_shows(host, receiver)
            vcenter_sends(lab, receiver, driver is not None)
            close(si)
        finally:
            for process in [receiver.process] + ([] if lab is None else [lab.process]):
                process.terminate()
                process.wait()


main()
