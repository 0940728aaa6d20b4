import type {
  CheckResult, ComputeResourceProps, HostSystemProps, HostVMotionCompatibility, ResourcePoolProps,
  ServiceInstanceMethods, VirtualMachineCompatibilityCheckerMethods, VirtualMachineProvisioningCheckerMethods,
} from '../schema/generated/types.js'
import { vmRecord } from '../physics/compute/vm.js'
import type { MoRef } from '../schema/model.js'
import type { Call } from '../services/call.js'
import { buildEvent } from '../services/events.js'
import { eventArgument } from '../services/events/arguments.js'
import { invalidArgument } from '../services/method-fault.js'
import { startTask, type TaskRun } from '../services/tasks.js'
import { taskDurationMs } from '../services/timing.js'
import type { Slot } from '../world/records.js'
import { defineManagedObject, partial, type Definition } from './define.js'
import { slotOf } from './truth.js'
import { checkMove, type Finding, type MoveTest } from './virtual-machine/move-checks.js'
import { relocatePlan, requireState, type MovePlan, type PlanContext } from './virtual-machine/move-plan.js'

type Prov = VirtualMachineProvisioningCheckerMethods
type Compat = VirtualMachineCompatibilityCheckerMethods

/** What is to be checked: plans by VM, of which only some tests are told. */
interface CheckPayload {
  readonly checks: ReadonlyArray<{ readonly vm: MoRef, readonly plan: MovePlan }>
  readonly testType?: readonly string[]
}

/** VirtualMachineProvisioningChecker: would a move work, and why not (operations.md 11.6). */
export const provisioningChecker: Definition = defineManagedObject('VirtualMachineProvisioningChecker', {
  methods: {
    CheckMigrate_Task: (call: Call, args: Prov['CheckMigrate_Task']['args']) => {
      requireState(vmRecord(call.tx, slotOf(call, args.vm)).props, args.state)
      return begin(call, 'checkMigrate', { ...tests(args), checks: plansFor(call, args.vm, args) })
    },
    CheckRelocate_Task: partial((call: Call, { vm, spec, testType }: Prov['CheckRelocate_Task']['args']) =>
      begin(call, 'checkRelocate', {
        ...tests({ testType }), checks: [{ vm, plan: relocatePlan(call, slotOf(call, vm), spec) }],
      }), 'what RelocateVM_Task does not take'),
    QueryVMotionCompatibilityEx_Task: (call: Call, { vm, host }: Prov['QueryVMotionCompatibilityEx_Task']['args']) =>
      begin(call, 'queryVMotionCompatibilityEx', {
        checks: vm.flatMap(one => host.map(to => ({ vm: one, plan: { host: to, disks: [] } }))),
      }),
  },
  jobs: { 'vm.checkMove': check },
})

/** VirtualMachineCompatibilityChecker: may a VM be on a host. */
export const compatibilityChecker: Definition = defineManagedObject('VirtualMachineCompatibilityChecker', {
  methods: {
    CheckCompatibility_Task: (call: Call, args: Compat['CheckCompatibility_Task']['args']) =>
      begin(call, 'checkCompatibility', { ...tests(args), checks: plansFor(call, args.vm, args) }),
  },
})

/** ServiceInstance.QueryVMotionCompatibility: an older form, which only knows CPU and software. */
export function queryVMotionCompatibility(
  call: Call, { vm, host }: ServiceInstanceMethods['QueryVMotionCompatibility']['args'],
): HostVMotionCompatibility[] {
  const slot = slotOf(call, vm)
  return host.map(to => {
    const errors = checkMove(call, slot, { host: to, disks: [] }).filter(item => item.warning !== true)
    return errors.length > 0 ? { host: to } : { host: to, compatibility: ['cpu', 'software'] }
  })
}

/** ServiceInstance.ValidateMigration: what forbids a move, or is to be said of it, as events. */
export function validateMigration(
  call: Call, args: ServiceInstanceMethods['ValidateMigration']['args'],
): unknown[] {
  return args.vm.flatMap(ref => plansFor(call, ref, args).flatMap(({ plan }) => {
    const vm = slotOf(call, ref)
    const dstHost = eventArgument(call.tx, slotOf(call, plan.host), 'HostEventArgument')
    return checkMove(call, vm, plan).map(({ fault: found, warning }) => buildEvent(call.tx, call.node, {
      type: warning === true ? 'MigrationHostWarningEvent' : 'MigrationHostErrorEvent', vm,
      userName: call.session?.principal.name ?? '', fields: { fault: found.localized, dstHost },
    }))
  }))
}

function begin(call: Call, verb: string, payload: CheckPayload): MoRef {
  const first = payload.checks[0]
  if (first === undefined) throw invalidArgument('vm')
  return startTask(call, {
    descriptionId: `${call.self.address.type}.${verb}`, entity: slotOf(call, first.vm),
    job: 'vm.checkMove', payload, durationMs: taskDurationMs.rename,
  })
}

function tests({ testType }: { testType?: string[] | undefined }): Pick<CheckPayload, 'testType'> {
  return testType === undefined || testType.length === 0 ? {} : { testType }
}

/**
 * One plan for the host that is named, or one for each host of the pool's compute resource.
 * @throws InvalidArgument `pool` for a host and a pool of different compute resources
 */
function plansFor(
  at: PlanContext, vm: MoRef, { host, pool }: { host?: MoRef, pool?: MoRef },
): CheckPayload['checks'] {
  if (host !== undefined) {
    const own = parentOf(at, slotOf(at, host))
    if (pool !== undefined && ownerOf(at, pool).value !== own?.value) throw invalidArgument('pool')
    return [{ vm, plan: { host, disks: [] } }]
  }
  const record = vmRecord(at.tx, slotOf(at, vm)).props
  const compute = pool === undefined
    ? parentOf(at, slotOf(at, record.runtime.host!))
    : ownerOf(at, pool)
  const hosts = compute === undefined ? [] : at.tx.read<ComputeResourceProps>(slotOf(at, compute))!.props.host ?? []
  return hosts.map(to => ({ vm, plan: { host: to, disks: [] } }))
}

function ownerOf(at: PlanContext, pool: MoRef): MoRef {
  return at.tx.read<ResourcePoolProps>(slotOf(at, pool))!.props.owner
}

function parentOf(at: PlanContext, host: Slot): MoRef | undefined {
  return at.tx.read<HostSystemProps>(host)!.props.parent
}

function check(run: TaskRun, { checks, testType }: CheckPayload): unknown {
  const wanted = (test: MoveTest): boolean => testType === undefined || testType.includes(test)
  const results = checks.map(({ vm, plan }): CheckResult => {
    const found = checkMove(run, slotOf(run, vm), plan).filter(item => wanted(item.test))
    const told = (warning: boolean): CheckResult['error'] =>
      found.filter((item: Finding) => (item.warning === true) === warning).map(item => item.fault.localized as never)
    const [error, warning] = [told(false)!, told(true)!]
    return {
      vm, host: plan.host, ...(warning.length > 0 ? { warning } : {}), ...(error.length > 0 ? { error } : {}),
    }
  })
  return { _typeName: 'ArrayOfCheckResult', _value: results }
}
