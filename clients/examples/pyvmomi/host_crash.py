"""A host of an HA cluster crashes, seen by a client that watches vCenter; then the host comes back.

Wants the lab `cluster` with a scaled clock; about half a minute at scaled:10. The crash is injected
through the lab's control API, everything else is asked of vCenter.
"""
from pyVmomi import vim

from lab import Watch, check, close, connect, heal, inject, name_of_event, view_of

VICTIM = "esx-03"

vc = connect("LAB_VC")
hosts = {h.name: h for h in view_of(vc, vim.HostSystem)}
cluster = view_of(vc, vim.ClusterComputeResource)[0]
victim = hosts[VICTIM]
vms = list(victim.vm)
names = {obj: obj.name for obj in [*hosts.values(), *vms, cluster]}


def summary(info):
    """An alarm state as (name of the alarm, status)."""
    return [(s.alarm.info.systemName, s.overallStatus) for s in info or []]


watch = Watch(vc, {
    vim.HostSystem: (list(hosts.values()), ["runtime.dasHostState", "runtime.connectionState",
                                            "runtime.powerState", "overallStatus"]),
    vim.VirtualMachine: (vms, ["runtime.host", "runtime.powerState", "runtime.vmFailoverInProgress",
                               "runtime.dasVmProtection"]),
    vim.ClusterComputeResource: ([cluster], ["overallStatus"]),
})

# 1. Before: every host has its agent, one is the primary, every VM is protected.
watch.until("every host has an HA state and every VM is protected", lambda now: all(
    now[h, "runtime.dasHostState"] and now[h, "runtime.dasHostState"].state in ("master", "connectedToMaster")
    for h in hosts.values()) and all(
    now[v, "runtime.dasVmProtection"] and now[v, "runtime.dasVmProtection"].dasProtected for v in vms))
primary = next(h for h in hosts.values() if watch.now[h, "runtime.dasHostState"].state == "master")
check(watch.now[victim, "runtime.dasHostState"].state == "connectedToMaster",
      f"{VICTIM} is a secondary of {names[primary]}")
check(len(vms) >= 3 and all(v.runtime.powerState == "poweredOn" for v in vms),
      f"{len(vms)} VMs run on {VICTIM}")
last_key = max(e.key for e in vc.content.eventManager.QueryEvents(vim.event.EventFilterSpec()))

# 2. The crash.
fault = inject("host-crash", VICTIM)
watch.until("the primary declares the host dead",
            lambda now: now[victim, "runtime.dasHostState"].state == "hostDown", lab_seconds=40)
check(watch.now[victim, "runtime.dasHostState"].stateReporter == primary,
      f"the state comes from {names[primary]}")
check(watch.values(victim, "runtime.dasHostState", lambda s: s.state) == ["connectedToMaster", "hostDown"],
      "dasHostState went connectedToMaster -> hostDown and nowhere else")
watch.until("every VM runs on another host", lambda now: all(
    now[v, "runtime.host"] != victim and now[v, "runtime.powerState"] == "poweredOn" for v in vms),
    lab_seconds=60)
check(all(True in watch.values(v, "runtime.vmFailoverInProgress") for v in vms),
      "each VM had runtime.vmFailoverInProgress for a while")
watch.until("no failover is in progress", lambda now: not any(
    now[v, "runtime.vmFailoverInProgress"] for v in vms), lab_seconds=30)
watch.until("vCenter's heartbeat window ends", lambda now:
            now[victim, "runtime.connectionState"] == "notResponding", lab_seconds=90)
check(watch.now[victim, "runtime.powerState"] == "unknown", "the power state of the host is unknown")

# 3. Events: exact ids, in their order.
happened = [e for e in vc.content.eventManager.QueryEvents(vim.event.EventFilterSpec()) if e.key > last_key]
happened.sort(key=lambda e: e.key)
ids = [name_of_event(e) for e in happened]
chain = ["com.vmware.vc.HA.DasHostFailedEvent", "com.vmware.vc.HA.ClusterFailoverActionInitiatedEvent",
         "com.vmware.vc.HA.ClusterFailoverInProgressEvent", "com.vmware.vc.ha.VmRestartedByHAEvent",
         "com.vmware.vc.HA.ClusterFailoverActionCompletedEvent", "HostConnectionLostEvent"]
places = [ids.index(name) if name in ids else -1 for name in chain]
check(-1 not in places and places == sorted(places), "events came in their order: " + ", ".join(chain))
restarted = [e for e in happened if name_of_event(e) == "com.vmware.vc.ha.VmRestartedByHAEvent"]
check(sorted(e.vm.name for e in restarted) == sorted(names[v] for v in vms),
      "VmRestartedByHAEvent came once for each VM")
check(all(isinstance(e, vim.event.EventEx) for e in restarted), "and is an EventEx")
check(all(e.host.host == watch.now[e.vm.vm, "runtime.host"] for e in restarted),
      "and names the host on which the VM runs now")
lost = [e for e in happened if isinstance(e, vim.event.HostConnectionLostEvent)]
check([e.host.name for e in lost] == [VICTIM], "HostConnectionLostEvent came for that host only")
failed = next(e for e in happened if name_of_event(e) == chain[0])
gap = (lost[0].createdTime - failed.createdTime).total_seconds()
check(30 <= gap <= 60, f"HA knew {gap:.0f} s of lab time before vCenter did")

# 4. Alarms on the host, and what the cluster shows of its host.
raised = summary(victim.triggeredAlarmState)
check(("alarm.HostConnectionStateAlarm", "red") in raised, f"alarms of the host: {raised}")
check(victim.overallStatus == "red", "overallStatus of the host is red")
inside = [s for s in cluster.triggeredAlarmState if s.entity == victim]
check(summary(inside) == raised, "the cluster shows its host's alarms")
changed = [e for e in happened if isinstance(e, vim.event.AlarmStatusChangedEvent) and e.entity.entity == victim]
check(any(e.to == "red" for e in changed), "AlarmStatusChangedEvent says so")

# 5. The host comes back: a secondary again, empty, its alarms over.
heal(fault)
watch.until("the host is back as a secondary", lambda now:
            now[victim, "runtime.connectionState"] == "connected"
            and now[victim, "runtime.dasHostState"]
            and now[victim, "runtime.dasHostState"].state == "connectedToMaster", lab_seconds=400)
watch.until("overallStatus of the host is not red any more", lambda now:
            now[victim, "overallStatus"] != "red", lab_seconds=60)
check(not any(s.overallStatus == "red" for s in victim.triggeredAlarmState), "no alarm of the host is red")
check(all(v.runtime.host != victim and v.runtime.powerState == "poweredOn" for v in vms),
      "the VMs stayed where HA started them")
check(victim.vm == [], f"{VICTIM} has no VM left")
watch.close()
close(vc)
