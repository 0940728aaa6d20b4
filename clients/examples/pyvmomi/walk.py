"""Reads every property of every object that can be reached; required properties must be set."""
import sys

from pyVmomi import VmomiSupport, vim, vmodl

from lab import check, close, connect

F_OPTIONAL = VmomiSupport.F_OPTIONAL


def references(value, found):
    if isinstance(value, VmomiSupport.ManagedObject):
        found.append(value)
    elif isinstance(value, list):
        for item in value:
            references(item, found)
    elif isinstance(value, VmomiSupport.DataObject):
        for info in value._GetPropertyList():
            item = getattr(value, info.name)
            if item is None and not info.flags & F_OPTIONAL:
                problems.append("%s.%s is unset" % (type(value).__name__, info.name))
            references(item, found)


def walk(si):
    seen, todo = set(), [si]
    properties = 0
    while todo:
        obj = todo.pop()
        key = (type(obj).__name__, obj._GetMoId())
        if key in seen:
            continue
        seen.add(key)
        for info in obj._GetPropertyList():
            if not VmomiSupport.IsChildVersion(si._stub.version, info.version):
                continue  # newer than what client and server agreed on
            try:
                value = getattr(obj, info.name)
            except vmodl.fault.NotSupported:
                continue
            except Exception as error:  # noqa: BLE001 every failure is reported
                problems.append("%s.%s: %r" % (key, info.name, error))
                continue
            properties += 1
            if value is None and not info.flags & F_OPTIONAL:
                problems.append("%s.%s is unset" % (key, info.name))
            # A finished task's info may name objects that are gone.
            if not isinstance(obj, vim.Task):
                references(value, todo)
    return len(seen), properties


problems = []
for prefix in ("LAB_VC", "LAB_ESX"):
    si = connect(prefix)
    objects, properties = walk(si)
    print("%s: %d objects, %d properties" % (prefix, objects, properties))
    check(objects > 40, "%s: more than 40 objects were reached" % prefix)
    close(si)
for problem in sorted(set(problems))[:40]:
    print(problem, file=sys.stderr)
check(not problems, "every property can be read and every required one is set")
