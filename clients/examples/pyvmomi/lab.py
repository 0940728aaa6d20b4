"""Connections to the lab's vCenter and first host, from the environment."""
import json
import os
import ssl
from collections import defaultdict
from datetime import datetime
from urllib.parse import quote, urlparse
from urllib.request import Request, urlopen

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vmodl


def connect(prefix, user=None, password=None):
    """SmartConnect to LAB_VC or LAB_ESX; no setting beside the self-signed certificate."""
    url = urlparse(os.environ[prefix + "_URL"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return SmartConnect(host=url.hostname, port=url.port or 443, sslContext=context,
                        user=user or os.environ[prefix + "_USER"],
                        pwd=password or os.environ[prefix + "_PASSWORD"])


def view_of(si, *types):
    """All objects of some types, through a container view."""
    content = si.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, list(types), True)
    try:
        return list(view.view)
    finally:
        view.Destroy()


def close(si):
    Disconnect(si)


def check(condition, text):
    if not condition:
        raise AssertionError(text)
    print("ok", text)


def control(method, path, body=None):
    """A request to the lab's control API; the answer's JSON."""
    request = Request(os.environ["LAB_CONTROL"] + path, method=method,
                      data=None if body is None else json.dumps(body).encode(),
                      headers={"content-type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def inject(fault, target, **options):
    """Puts a fault into force; its id, for heal()."""
    return control("POST", "/v1/faults", {"fault": fault, "target": target, "options": options})["id"]


def heal(fault_id):
    control("DELETE", "/v1/faults/" + quote(fault_id))


def lab_clock():
    """The lab's time."""
    return datetime.fromisoformat(control("GET", "/v1/clock")["time"].replace("Z", "+00:00"))


def name_of_event(event):
    """The id of an EventEx or ExtendedEvent, else the name of the class."""
    return getattr(event, "eventTypeId", None) or type(event).__name__.rsplit(".", 1)[-1]


class Watch:
    """A property filter and what it told: `now` is the picture, `told` each change in its order."""

    def __init__(self, si, wanted):
        self.collector = si.content.propertyCollector.CreatePropertyCollector()
        collect = vmodl.query.PropertyCollector
        self.filter = self.collector.CreateFilter(collect.FilterSpec(
            propSet=[collect.PropertySpec(type=kind, pathSet=paths) for kind, (_, paths) in wanted.items()],
            objectSet=[collect.ObjectSpec(obj=obj) for objects, _ in wanted.values() for obj in objects],
        ), False)
        self.version, self.now, self.told = "", defaultdict(lambda: None), []
        self.look(0)

    def look(self, seconds):
        """Waits up to so many real seconds for changes; True if there were any."""
        options = vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=seconds)
        update = self.collector.WaitForUpdatesEx(self.version, options)
        if update is None:
            return False
        self.version = update.version
        for part in update.filterSet:
            for changed in part.objectSet:
                for change in changed.changeSet:
                    self.now[changed.obj, change.name] = change.val
                    self.told.append((changed.obj, change.name, change.val))
        return True

    def values(self, obj, name, read=lambda value: value):
        """The values that a property had, one after the other."""
        found = [read(value) for o, n, value in self.told if o == obj and n == name]
        return [value for i, value in enumerate(found) if i == 0 or value != found[i - 1]]

    def until(self, text, holds, lab_seconds=120):
        """Watches until something holds; an error when it does not within that much lab time."""
        start = lab_clock()
        while not holds(self.now):
            self.look(1)
            if not holds(self.now) and (lab_clock() - start).total_seconds() > lab_seconds:
                raise AssertionError(f"not within {lab_seconds} s of lab time: {text}")
        check(True, f"{text} (after {(lab_clock() - start).total_seconds():.0f} s of lab time)")

    def close(self):
        self.collector.DestroyPropertyCollector()
