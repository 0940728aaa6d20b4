"""vCenter HA fails over, seen by a client that has to find its way back.

Wants the lab `vcha` with a scaled clock; well under a minute at scaled:10. The power of the active node
is taken away through the lab's control API. The client loses its connection, logs in again at the same
address, and finds the same objects under the same ids.
"""
import http.client
import socket
import time

from pyVmomi import vim

from lab import check, close, connect, heal, inject, lab_clock, name_of_event, view_of

# What a client meets while nobody, or half a vCenter, has the address.
AWAY = (OSError, http.client.HTTPException)
socket.setdefaulttimeout(2)


def inventory(si):
    return {obj._moId: obj.name for obj in view_of(si, vim.HostSystem, vim.VirtualMachine, vim.Datastore)}


def events_since(si, key):
    found = si.content.eventManager.QueryEvents(vim.event.EventFilterSpec())
    return [name_of_event(e) for e in sorted(found, key=lambda e: e.key) if e.key > key]


def wait_for(text, look, lab_seconds):
    """Asks until the answer is true; what cannot be reached counts as not yet."""
    start = lab_clock()
    while True:
        try:
            found = look()
        except AWAY:
            found = None
        passed = (lab_clock() - start).total_seconds()
        if found:
            check(True, f"{text} (after {passed:.0f} s of lab time)")
            return found
        if passed > lab_seconds:
            raise AssertionError(f"not within {lab_seconds} s of lab time: {text}")
        time.sleep(0.2)


vc = connect("LAB_VC")
manager = vc.content.failoverClusterManager
health = manager.GetVchaClusterHealth()
check(health.runtimeInfo.clusterState == "healthy", "the vCenter HA cluster is healthy")
roles = {n.nodeRole: n.nodeState for n in health.runtimeInfo.nodeInfo}
check(roles == {"active": "up", "passive": "up", "witness": "up"}, f"its nodes: {roles}")
identity = vc.content.about.instanceUuid
before = inventory(vc)
last_key = max(e.key for e in vc.content.eventManager.QueryEvents(vim.event.EventFilterSpec()))
session = vc.content.sessionManager.currentSession.key

# 1. The active node dies; nobody tells the client.
fault = inject("vcha-node-down", "vc-01", node="active")
try:
    vc.CurrentTime()
    vc.content.rootFolder.childEntity
    raise AssertionError("vCenter still answers")
except AWAY as error:
    check(True, f"the connection is gone: {type(error).__name__}")

# 2. The passive node takes the address over. Sessions lived in the memory of the old one.
def old_session():
    try:
        vc.content.rootFolder.childEntity
        return "it still works"
    except vim.fault.NotAuthenticated:
        return "NotAuthenticated"


check(wait_for("the address answers again", old_session, 300) == "NotAuthenticated",
      "the old session is NotAuthenticated")
vc = wait_for("a new login", lambda: connect("LAB_VC"), 120)
check(vc.content.sessionManager.currentSession.key != session, "and is another session")
check(vc.content.about.instanceUuid == identity, "it is the same vCenter")
check(inventory(vc) == before, f"all {len(before)} objects have the ids that they had")
wait_for("every host is connected to it", lambda: all(
    h.runtime.connectionState == "connected" for h in view_of(vc, vim.HostSystem)), 120)
runtime = vc.content.failoverClusterManager.GetVchaClusterHealth().runtimeInfo
check(runtime.clusterState == "degraded", "the vCenter HA cluster is degraded")
wait_for("the events of the failover are there", lambda: {
    "com.vmware.vcha.failover.succeeded", "com.vmware.vcha.node.left", "com.vmware.vcha.cluster.state.degraded",
} <= set(events_since(vc, last_key)), 60)

# 3. The old node comes back, as the passive one.
heal(fault)
wait_for("the cluster is healthy again", lambda: vc.content.failoverClusterManager
         .GetVchaClusterHealth().runtimeInfo.clusterState == "healthy", 400)
names = events_since(vc, last_key)
check(names.count("com.vmware.vcha.failover.succeeded") == 1, "there was one failover")
check(names.index("com.vmware.vcha.node.joined") < names.index("com.vmware.vcha.cluster.state.healthy"),
      "the node joined, then the cluster was healthy")
close(vc)
