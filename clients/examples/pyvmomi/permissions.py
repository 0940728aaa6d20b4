"""A limited user sees and does only what the permissions say."""
from pyVim.task import WaitForTask
from pyVmomi import vim

from lab import check, close, connect, view_of

vc = connect("LAB_VC")
auth = vc.content.authorizationManager
vm = next(v for v in view_of(vc, vim.VirtualMachine) if v.name == "db-01")
role = auth.AddAuthorizationRole("example-operator", ["VirtualMachine.Interact.PowerOff"])
auth.SetEntityPermissions(vm, [vim.AuthorizationManager.Permission(
    principal="VSPHERE.LOCAL\\operator", group=False, roleId=role, propagate=True)])

limited = connect("LAB_VC", user="operator@vsphere.local", password="VMware1!")
seen = view_of(limited, vim.VirtualMachine)
check([v.name for v in seen] == ["db-01"], "the limited user sees one VM")
mine = seen[0]
try:
    mine.ReconfigVM_Task(vim.vm.ConfigSpec(annotation="no"))
    check(False, "reconfigure is refused")
except vim.fault.NoPermission as error:
    check(error.object == mine, "NoPermission names the object")
    check(error.privilegeId == "VirtualMachine.Config.Annotation", "NoPermission names the privilege")
WaitForTask(mine.PowerOffVM_Task())
check(mine.runtime.powerState == "poweredOff", "what the role allows works")
close(limited)

auth.RemoveEntityPermission(vm, "VSPHERE.LOCAL\\operator", False)
auth.RemoveAuthorizationRole(role, True)
WaitForTask(vm.PowerOnVM_Task())
close(vc)
