"""Logs in to vCenter and to a host, lists what is there, logs out."""
from pyVmomi import vim

from lab import check, close, connect, view_of

vc = connect("LAB_VC")
about = vc.content.about
check(about.apiType == "VirtualCenter", "vCenter says VirtualCenter")
check(len(about.version.split(".")) <= 3 and about.build.isdigit(), "version and build are well-formed")
hosts = view_of(vc, vim.HostSystem)
check(sorted(h.name.split(".")[0] for h in hosts) == ["esx-01", "esx-02"], "vCenter lists both hosts")
check(all(h.runtime.connectionState == "connected" for h in hosts), "both hosts are connected")
vms = {vm.name: vm for vm in view_of(vc, vim.VirtualMachine)}
check({"web-01", "web-02", "db-01", "win-01", "base-image"} <= set(vms), "vCenter lists the VMs")
check(vms["base-image"].config.template, "base-image is a template")
disks = [d for d in vms["db-01"].config.hardware.device if isinstance(d, vim.vm.device.VirtualDisk)]
check(len(disks) == 2 and all(d.backing.fileName.startswith("[") for d in disks), "db-01 has two disks")
check(vms["db-01"].summary.config.name == "db-01", "the summary agrees with the configuration")
check(vc.content.sessionManager.currentSession.userName.upper() == "VSPHERE.LOCAL\\ADMINISTRATOR",
      "the session has the canonical user name")
by_path = vc.content.searchIndex.FindByInventoryPath("DC-01/host/" + hosts[0].parent.name)
check(by_path is not None, "FindByInventoryPath finds the compute resource")
close(vc)

esx = connect("LAB_ESX")
about = esx.content.about
check(about.apiType == "HostAgent" and about.productLineId == "embeddedEsx", "the host says HostAgent")
check(esx.content.rootFolder._GetMoId() == "ha-folder-root", "the host has its own root folder")
own = view_of(esx, vim.VirtualMachine)
check(all(vm._GetMoId().isdigit() for vm in own) and own, "the host's VM ids are plain integers")
local = view_of(esx, vim.HostSystem)[0]
check(local._GetMoId() == "ha-host", "the host is ha-host")
close(esx)
