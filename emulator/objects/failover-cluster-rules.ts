import { passiveReady } from '../physics/vcha/members.js'
import { nodeKeys, type ClusterMode, type VchaInner } from '../physics/vcha/state.js'

/**
 * Which modes follow which, and in which states of the cluster (API reference of setClusterMode: from
 * enabled to disabled also while degraded, the rest only while healthy).
 */
const transitions: Readonly<Record<ClusterMode, Partial<Record<ClusterMode, readonly string[]>>>> = {
  enabled: { disabled: ['healthy', 'degraded'], maintenance: ['healthy'] },
  disabled: { enabled: ['healthy'] },
  maintenance: { enabled: ['healthy'], disabled: ['healthy'] },
}

/** The modes to which a cluster may be set now. */
export function modesFrom(vcha: VchaInner): ClusterMode[] {
  return (Object.keys(transitions) as ClusterMode[]).filter(mode =>
    transitions[vcha.mode][mode]?.includes(vcha.cluster) === true)
}

/** Why a user's failover is not possible; undefined: it is (availability.md 2.3). */
export function failoverRefusal(vcha: VchaInner): {
  readonly id: string, readonly trap: 'failedDisabledMode' | 'failedNodeLost' | 'failedPassiveNotReady', readonly text: string
} | undefined {
  if (vcha.mode === 'disabled') {
    return { id: 'disabled.mode', trap: 'failedDisabledMode', text: 'The vCenter HA cluster is in disabled mode.' }
  }
  if (nodeKeys(vcha).some(key => !vcha.nodes[key].joined)) {
    return { id: 'node.lost', trap: 'failedNodeLost', text: 'A node of the vCenter HA cluster is missing.' }
  }
  if (!passiveReady(vcha)) {
    return { id: 'passive.not.ready', trap: 'failedPassiveNotReady', text: 'The passive node is not ready to take over.' }
  }
  return undefined
}

/** True if the passive node would take over without being asked: enabled and healthy (availability.md 2.3). */
export function failsOverByItself(vcha: VchaInner): boolean {
  return vcha.mode === 'enabled' && vcha.cluster === 'healthy'
}

/** True if a cluster may be ended: in disabled mode, isolated, and before it works (API reference, destroy). */
export function mayDestroy(vcha: VchaInner): boolean {
  return vcha.state !== 'configured' || vcha.mode === 'disabled' || vcha.cluster === 'isolated'
}
