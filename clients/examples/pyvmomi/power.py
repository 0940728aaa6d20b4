"""Creates a VM, powers it, reconfigures and destroys it; a change on the host shows in vCenter."""
from pyVim.task import WaitForTask
from pyVmomi import vim

from lab import check, close, connect, view_of

vc = connect("LAB_VC")
dc = vc.content.rootFolder.childEntity[0]
host = next(h for h in view_of(vc, vim.HostSystem) if h.name.startswith("esx-01"))
pool = host.parent.resourcePool
spec = vim.vm.ConfigSpec(
    name="example-vm", memoryMB=512, numCPUs=1, guestId="otherGuest64",
    files=vim.vm.FileInfo(vmPathName="[shared-01]"),
    deviceChange=[
        vim.vm.device.VirtualDeviceSpec(
            operation="add", device=vim.vm.device.ParaVirtualSCSIController(key=-1, busNumber=0, sharedBus="noSharing")),
        vim.vm.device.VirtualDeviceSpec(
            operation="add", fileOperation="create", device=vim.vm.device.VirtualDisk(
                key=-2, controllerKey=-1, unitNumber=0, capacityInKB=1024 * 1024,
                backing=vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
                    fileName="[shared-01]", diskMode="persistent", thinProvisioned=True))),
    ])
task = dc.vmFolder.CreateVM_Task(spec, pool, host)
WaitForTask(task)
vm = task.info.result
check(task.info.state == "success" and vm.name == "example-vm", "CreateVM_Task gives the VM")
check(vm.runtime.powerState == "poweredOff", "it is powered off")

WaitForTask(vm.PowerOnVM_Task())
check(vm.runtime.powerState == "poweredOn", "PowerOnVM_Task powers it on")
try:
    WaitForTask(vm.PowerOnVM_Task())
    check(False, "a second power-on fails")
except vim.fault.InvalidPowerState as error:
    check(error.existingState == "poweredOn", "a second power-on is InvalidPowerState with existingState")

esx = connect("LAB_ESX")
own = next(v for v in view_of(esx, vim.VirtualMachine) if v.name == "example-vm")
WaitForTask(own.PowerOffVM_Task())
check(vm.runtime.powerState == "poweredOff", "powered off through the host, it shows in vCenter at once")
close(esx)

WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="hello", memoryMB=1024)))
check(vm.config.hardware.memoryMB == 1024 and vm.summary.config.memorySizeMB == 1024, "ReconfigVM_Task changes memory")
WaitForTask(vm.Rename_Task("example-renamed"))
check(vm.name == "example-renamed", "Rename_Task renames")
WaitForTask(vm.Destroy_Task())
try:
    print(vm.name)
    check(False, "a destroyed VM cannot be read")
except Exception as error:  # vmodl.fault.ManagedObjectNotFound
    check(type(error).__name__.endswith("ManagedObjectNotFound"), "a destroyed VM is ManagedObjectNotFound")
close(vc)
