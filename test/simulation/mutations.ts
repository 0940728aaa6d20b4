/** One place in the source, and what is put there instead. */
interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A wrong rule, and the vector that must notice it. */
export interface Mutation {
  readonly name: string
  readonly edits: readonly Edit[]
  /** A file below `scenarios`. */
  readonly vector: string
  /** Found in the expectation that fails first or among those that fail, as JSON. */
  readonly caught: RegExp
}

const ha = 'emulator/physics/ha'

/**
 * Wrong rules as somebody might write them, one build for each: a vector that passes all of them
 * would test nothing. The first four are the negative controls that ha-oracle.md asks for.
 */
export const mutations: readonly Mutation[] = [
  {
    name: 'hosts-compared-by-number',
    edits: [{
      file: `${ha}/fdm/rules.ts`, from: '(a.moid > b.moid ? -1 : a.moid < b.moid ? 1 : 0)',
      to: '(Number(b.moid.slice(5)) - Number(a.moid.slice(5)))',
    }],
    vector: 'oracle/v01-election-tie.yaml', caught: /host\/esx-03.*master/,
  },
  {
    name: 'isolation-response-30-s-early',
    edits: [{
      file: `${ha}/fdm/describe.ts`, from: 'isolationDelay: options.isolationPolicyDelaySec * 1000',
      to: 'isolationDelay: options.isolationPolicyDelaySec * 1000 - 30_000',
    }],
    vector: 'oracle/v07-isolated-power-off.yaml', caught: /"truth":"real".*vm-esx-02-1/,
  },
  {
    name: 'admission-control-judges-restarts',
    edits: [
      {
        file: `${ha}/vms/placement.ts`, from: "import { failoverHosts } from '../admission.js'",
        to: "import { failoverHosts, failoverState } from '../admission.js'",
      },
      {
        file: `${ha}/vms/placement.ts`, from: "import { rootPoolOf } from '../capacity.js'",
        to: "import { rootPoolOf, sharesOf } from '../capacity.js'",
      },
      {
        file: `${ha}/vms/placement.ts`, from: 'if (able.length === 0) {',
        to: "const cluster = this.#tx.ofType('vc1', 'ClusterComputeResource')[0]\n"
          + 'if (able.length === 0 || !failoverState(this.#config, sharesOf(this.#tx, cluster)).sufficient) {',
      },
    ],
    vector: 'oracle/v16-slots.yaml', caught: /VmRestartedByHAEvent/,
  },
  {
    name: 'datastore-heartbeats-ignored-in-verdicts',
    edits: [{
      file: `${ha}/fdm/rules.ts`, from: 'if (storage !== undefined && now - storage < STORAGE_SILENCE_MS) {',
      to: 'if (storage !== undefined && now < 0) {',
    }],
    vector: 'oracle/v06-secondary-isolated.yaml', caught: /networkPartitionedFromMaster/,
  },
  {
    name: 'datastore-heartbeats-not-waited-for',
    edits: [{
      file: `${ha}/fdm/rules.ts`,
      from: 'return storage ? Math.max(plain, WATCH_STORAGE_MS + STORAGE_SILENCE_MS) : plain', to: 'return plain',
    }],
    vector: 'oracle/v03-secondary-crash.yaml', caught: /hostDown/,
  },
  {
    name: 'election-of-5-s',
    edits: [{ file: `${ha}/fdm/timing.ts`, from: 'ELECTION_MS = 15_000', to: 'ELECTION_MS = 5_000' }],
    vector: 'oracle/v05-primary-crash.yaml', caught: /host\/esx-03.*master/,
  },
  {
    name: 'locks-expire-at-once',
    edits: [{
      file: 'emulator/physics/storage/locks.ts', from: '{ VMFS: 16_000, NFS: 35_000, NFS41: 35_000 }',
      to: '{ VMFS: 0, NFS: 0, NFS41: 0 }',
    }],
    vector: 'oracle/v12-two-copies.yaml', caught: /lock-holder/,
  },
  {
    name: 'locks-of-others-ignored',
    edits: [{
      file: `${ha}/vms/attempt.ts`, from: "holder === undefined ? unable(tx, vm, host) : { why: 'locked', holder } as const",
      to: 'undefined as ReturnType<typeof unable>',
    }],
    vector: 'oracle/v12-nfs.yaml', caught: /VmFailoverFailed/,
  },
  {
    name: 'attempts-without-end',
    edits: [{ file: `${ha}/vms/attempt.ts`, from: 'if (attempts >= maxVmRestartCount) {', to: 'if (attempts > 1000 + maxVmRestartCount) {' }],
    vector: 'oracle/v14-two-attempts.yaml', caught: /VmMaxRestartCountReached/,
  },
  {
    name: 'owner-of-the-protected-list-ignored',
    edits: [{
      file: `${ha}/vms/isolation-response.ts`,
      from: 'isShared(tx, agent, lock.volume) && !isOwned(tx, agent, lock)', to: 'isShared(tx, agent, lock.volume) && isOwned(tx, agent, lock) && false',
    }],
    vector: 'oracle/v09c-no-primary-left.yaml', caught: /"truth":"real"/,
  },
  {
    name: 'restart-priorities-reversed',
    edits: [{
      file: `${ha}/vms/planner.ts`, from: '2 + restartOrder.indexOf(settings.restartPriority)',
      to: '9 - restartOrder.indexOf(settings.restartPriority)',
    }],
    vector: 'oracle/restart-order.yaml', caught: /"order"/,
  },
  {
    name: 'protected-list-ignored',
    edits: [{
      file: `${ha}/vms/line.ts`, from: 'return line?.protected === true && line.at === `${at.vcenter}/${at.cluster}`',
      to: 'return line?.at !== at.cluster',
    }],
    vector: 'oracle/restart-order.yaml', caught: /"truth":"real".*vm-esx-02-2/,
  },
  {
    name: 'isolation-address-not-asked',
    edits: [{
      file: `${ha}/fdm/isolation.ts`,
      from: "const answered = ears['gateway'] === undefined ? 0 : lastHeard(ears['gateway'], now)", to: 'const answered = 0',
    }],
    vector: 'oracle/v09b-agent-traffic-blocked.yaml', caught: /fdm-state/,
  },
  {
    name: 'vcenter-waits-30-s-for-heartbeats',
    edits: [{
      file: 'emulator/physics/management/timing.ts', from: 'seconds > 0 ? seconds * 1000', to: 'seconds > 0 ? seconds * 500',
    }],
    vector: 'oracle/v22-heartbeats-blocked.yaml', caught: /notResponding/,
  },
  {
    name: 'lock-lost-question-not-answered',
    edits: [{ file: `${ha}/vms/timing.ts`, from: 'ANSWER_MS = 5000', to: 'ANSWER_MS = 500_000' }],
    vector: 'oracle/v12-two-copies.yaml', caught: /AnsweredVmLockLostQuestionEvent/,
  },
  {
    name: 'apd-timeout-of-70-s',
    edits: [{ file: 'emulator/physics/storage/loss.ts', from: 'apdTimeoutS(tx, host) * 1000', to: 'apdTimeoutS(tx, host) * 500' }],
    vector: 'oracle/v18-apd.yaml', caught: /VmcpStorageFailureDetectedForVm/,
  },
  {
    name: 'restart-event-named-like-its-siblings',
    edits: [{
      file: 'emulator/services/narration/ha-vms.ts', from: "'com.vmware.vc.ha.VmRestartedByHAEvent'",
      to: "'com.vmware.vc.HA.VmRestartedByHAEvent'",
    }],
    vector: 'oracle/v03-secondary-crash.yaml', caught: /VmRestartedByHAEvent/,
  },
  {
    name: 'vpxd-stops-at-98-percent',
    edits: [{
      file: 'emulator/physics/appliance/timing.ts', from: 'DISK_CRITICAL_PERCENT = 95', to: 'DISK_CRITICAL_PERCENT = 98',
    }],
    vector: 'oracle/v21-database-full.yaml', caught: /STOPPED/,
  },
  {
    name: 'one-of-three-nodes-is-enough',
    edits: [{
      file: 'emulator/physics/vcha/decide.ts', from: ': hasPeer(vcha, key)', to: ': hasPeer(vcha, key) || true',
    }],
    vector: 'vcha-quorum-isolated.yaml', caught: /"vc-01:443","is":"timeout"/,
  },
  {
    name: 'a-replica-needs-no-majority',
    edits: [{ file: 'emulator/physics/vsan/rules.ts', from: 'return data && seen * 2 > all', to: 'return data && seen * 2 > all - 2' }],
    vector: 'vsan-no-majority.yaml', caught: /"truth":"usable-on"/,
  },
  {
    name: 'the-witness-serves-both-sites',
    edits: [{
      file: 'emulator/physics/vsan/state.ts', from: 'if (first.includes(host)) return true',
      to: 'if (first.includes(host) || host !== witness) return true',
    }],
    vector: 'vsan-site-failure.yaml', caught: /"truth":"usable-on"/,
  },
]

/** A timer that reads the clock of the machine: no two runs are the same. */
export const wallClock: Mutation = {
  name: 'wall-clock-in-a-timer',
  edits: [{
    file: `${ha}/vms/planner.ts`, from: '`ha/start/${primary}`)',
    to: '`ha/start/${primary}`) + process.hrtime()[1] % 1000',
  }],
  vector: 'oracle/v03-secondary-crash.yaml', caught: /./,
}

/** A wrong rule that random schedules find: the seed and the hours that do, and the invariant that breaks. */
export const foundBySimulation = {
  mutation: {
    name: 'dead-after-9-s',
    edits: [{
      file: `${ha}/fdm/rules.ts`,
      from: 'return storage ? Math.max(plain, WATCH_STORAGE_MS + STORAGE_SILENCE_MS) : plain',
      to: 'return storage ? Math.min(plain, 9000) : plain',
    }],
  },
  seed: 6, hours: 3, invariant: 'I6',
}
