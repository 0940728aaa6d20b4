"""Reads events and tasks through history collectors."""
from pyVim.task import WaitForTask
from pyVmomi import vim

from lab import check, close, connect, view_of

vc = connect("LAB_VC")
vm = next(v for v in view_of(vc, vim.VirtualMachine) if v.name == "win-01")
WaitForTask(vm.PowerOnVM_Task())
WaitForTask(vm.PowerOffVM_Task())
by_entity = vim.event.EventFilterSpec.ByEntity(entity=vm, recursion="self")
events = vc.content.eventManager.QueryEvents(vim.event.EventFilterSpec(entity=by_entity))
names = [type(e).__name__.rsplit(".", 1)[-1] for e in events]
check("VmPoweredOnEvent" in names and "VmPoweredOffEvent" in names, "power events are there")
check([e.key for e in events] == sorted(e.key for e in events), "events are in order")
check(all(e.fullFormattedMessage for e in events), "events have their message")

spec = vim.event.EventFilterSpec(eventTypeId=["vim.event.VmPoweredOnEvent"], entity=by_entity)
collector = vc.content.eventManager.CreateCollectorForEvents(spec)
collector.SetCollectorPageSize(10)
check(all(isinstance(e, vim.event.VmPoweredOnEvent) for e in collector.latestPage) and collector.latestPage,
      "a collector filters by type")
collector.RewindCollector()
check(len(collector.ReadNextEvents(10)) >= 1, "ReadNextEvents reads from the start")
collector.DestroyCollector()

tasks = vc.content.taskManager.CreateCollectorForTasks(vim.TaskFilterSpec(
    entity=vim.TaskFilterSpec.ByEntity(entity=vm, recursion="self")))
found = [t.descriptionId for t in tasks.ReadNextTasks(100)]
check("VirtualMachine.powerOn" in found and "VirtualMachine.powerOff" in found, "the tasks are in the history")
tasks.DestroyCollector()
close(vc)
