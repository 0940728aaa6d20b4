import { ref, type Value } from '../../clients/sdk/soap-xml.js'
import type { SoapClient } from '../../clients/sdk/soap-client.js'
import type { LabFileInput } from '../../emulator/inventory/lab-schema.js'
import '../../emulator/physics/vcha/signals.js'
import { servingNode, vchaOf, type VchaInner } from '../../emulator/physics/vcha/state.js'
import { createTestLab, type TestLab, type TestLabOptions } from './test-lab.js'

export const VC = 'vc-01'
export const MANAGER = ref('FailoverClusterManager', 'FailoverClusterManager')
export const CONFIGURATOR = ref('FailoverClusterConfigurator', 'FailoverClusterConfigurator')

type Vcha = NonNullable<NonNullable<LabFileInput['vcenters']>[number]['vcha']>

/** The fixture VC3 of the test vectors: a cluster of three machines without VMs, four VMs on a host. */
export function vc3(vcha: Vcha = {}): LabFileInput {
  return {
    lab: 'vc3',
    vcenters: [{
      name: VC, address: '192.0.2.10', vcha,
      datacenters: [{ name: 'DC', clusters: [{ name: 'C', hosts: ['esx-01'] }] }],
    }],
    hosts: [{ name: 'esx-01' }],
    vms: [{ name: 'vm-#', count: 4, host: 'esx-01' }],
  }
}

/** A lab with a vCenter HA cluster, its front door, and what its nodes say. */
export class VchaLab {
  readonly test: TestLab
  readonly traps: { number: number, node: string, at: number, values: Readonly<Record<string, string>> }[] = []
  readonly start: number

  constructor(options: TestLabOptions & { vcha?: Vcha } = {}) {
    const { vcha, ...rest } = options
    this.test = createTestLab({ lab: vc3(vcha), ...rest })
    this.start = this.test.world.now()
    this.test.world.subscribe(entry => {
      for (const signal of entry.signals) {
        if (signal.kind !== 'vcha.trap') continue
        const { number, node, values } = signal.payload as { number: number, node: string, values: Record<string, string> }
        this.traps.push({ number, node, values, at: (entry.time - this.start) / 1000 })
      }
    })
  }

  get vcha(): VchaInner {
    return vchaOf(this.test.world, VC)!
  }

  /** Name of the node that serves. */
  get serving(): string | undefined {
    const key = servingNode(this.vcha)
    return key === undefined ? undefined : this.vcha.nodes[key].name
  }

  /** Seconds since the lab began. */
  get at(): number {
    return (this.test.world.now() - this.start) / 1000
  }

  advance(seconds: number): void {
    this.test.world.advance(seconds * 1000)
  }

  advanceTo(seconds: number): void {
    this.advance(seconds - this.at)
  }

  inject(fault: string, options: Record<string, unknown> = {}): string {
    return this.test.lab.faults.inject(fault, VC, options).id
  }

  heal(id: string): void {
    this.test.lab.faults.heal(id)
  }

  /** Ids of vCenter HA's events, without their common part, oldest first. */
  said(): string[] {
    return [...this.test.world.logs().find(log => log.name === `events/${VC}`)?.since(1) ?? []]
      .map(item => (item.value as { eventTypeId?: string }).eventTypeId ?? '')
      .filter(id => id.startsWith('com.vmware.vcha.')).map(id => id.slice('com.vmware.vcha.'.length))
  }

  login(): Promise<SoapClient> {
    return this.test.client(VC)
  }

  /** Cluster state, mode and `role state` of each node, as a client reads them. */
  async health(client: SoapClient): Promise<{ state: string, mode: string, nodes: string[] }> {
    const health = await client.call(MANAGER, 'GetVchaClusterHealth') as unknown as {
      runtimeInfo: { clusterState: string, clusterMode: string, nodeInfo: { nodeRole: string, nodeState: string, nodeIp: string }[] }
    }
    const { clusterState, clusterMode, nodeInfo } = health.runtimeInfo
    return {
      state: clusterState, mode: clusterMode,
      nodes: nodeInfo.map(({ nodeRole, nodeState, nodeIp }) => `${nodeRole} ${nodeIp} ${nodeState}`),
    }
  }

  /** Calls a method that gives a task; its info when it has ended or `seconds` have passed. */
  async task(
    client: SoapClient, self: { type: string, value: string }, method: string, args: Record<string, unknown> = {}, seconds = 0,
  ): Promise<{ state: string, fault?: string, result?: Value }> {
    const task = await client.call(self as never, method, args) as unknown as { value: string }
    this.advance(seconds)
    const info = this.test.world.get<{ info: Record<string, unknown> }>(VC, task.value)!.props.info
    const error = info['error'] as { fault: { _typeName: string } } | undefined
    return {
      state: String(info['state']), ...error === undefined ? {} : { fault: error.fault._typeName },
      ...info['result'] === undefined ? {} : { result: info['result'] as Value },
    }
  }

  /** HTTP status of a POST to /sdk; what the socket does is for the tests of doors. */
  async status(client: SoapClient): Promise<number> {
    return (await client.post('<x/>')).status
  }

  async close(): Promise<void> {
    await this.test.close()
  }
}
