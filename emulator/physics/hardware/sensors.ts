import type { HostSystemProps } from '../../schema/generated/types.js'
import { toDateTime } from '../../world/clock.js'
import type { Transaction } from '../../world/transaction.js'
import type { World } from '../../world/world.js'
import { mirrorOf } from '../management/mirror.js'
import { mirrored } from '../management/link.js'
import { chassis } from './chassis.js'

/** HostNumericSensorHealthState. */
export type SensorState = 'green' | 'yellow' | 'red' | 'unknown'

declare module '../../world/signals.js' {
  interface SignalMap {
    /** A sensor of a host reports another state; nothing happens when the host has none of that name. */
    'hardware.sensor': { readonly host: string, readonly sensor: string, readonly state: SensorState }
    /** The same, after the host's record shows it. */
    'hardware.sensorChanged': {
      readonly host: string, readonly sensor: string, readonly sensorNumber: number
      /** `fan`, `temperature` and so on. */
      readonly sensorType: string
      readonly was: string, readonly state: SensorState
    }
    /** vCenter compared a host's TPM measurements with what it accepts. */
    'hardware.attested': { readonly host: string, readonly accepted: boolean }
    /** The verdict on a host changed in its vCenter. */
    'hardware.attestationChanged': { readonly vcenter: string, readonly host: string, readonly accepted: boolean }
  }
}

const summaries: Readonly<Record<SensorState, string>> = {
  green: 'Sensor is operating under normal conditions',
  yellow: 'Sensor is operating under conditions that are non-critical',
  red: 'Sensor is operating under critical or fatal conditions',
  unknown: 'Sensor reports no state',
}

/** Sensors and the TPM of hosts (availability.md 5; network-security.md, "TPM 2.0"). */
export function reactToSensors(world: World): void {
  world.on('hardware.sensor', (tx, { host, sensor, state }) => setSensor(tx, host, sensor, state))
  world.on('hardware.attested', (tx, { host, accepted }) => attest(tx, host, accepted))
}

function setSensor(tx: Transaction, host: string, sensor: string, state: SensorState): void {
  const slot = tx.find(host, 'ha-host')
  const sensors = slot === undefined
    ? undefined
    : tx.read<HostSystemProps>(slot)!.props.runtime.healthSystemRuntime?.systemHealthInfo?.numericSensorInfo
  const index = sensors?.findIndex(item => item.name === sensor) ?? -1
  if (slot === undefined || index < 0) return
  const was = (sensors![index]!.healthState as { key: string } | undefined)?.key ?? 'unknown'
  if (was === state) return
  tx.update<HostSystemProps>(slot, draft => {
    const info = draft.props.runtime.healthSystemRuntime!.systemHealthInfo!.numericSensorInfo![index]!
    info.healthState = { key: state, label: `${state[0]!.toUpperCase()}${state.slice(1)}`, summary: summaries[state] }
    info.timeStamp = toDateTime(tx.now())
  })
  const { sensorNumber = 0, sensorType } = sensors![index]!
  tx.emit('hardware.sensorChanged', { host, sensor, sensorNumber, sensorType, was, state })
}

/** Only vCenter attests: its record shows the verdict, the host's own does not. */
function attest(tx: Transaction, host: string, accepted: boolean): void {
  const vcenter = chassis(tx, host)?.managedBy
  if (vcenter === undefined || !mirrored(tx, vcenter, host)) return
  const slot = mirrorOf(tx, vcenter, host, 'ha-host')
  const shown = slot === undefined ? undefined : tx.read<HostSystemProps>(slot)!.props.summary.tpmAttestation
  const status = accepted ? 'accepted' : 'notAccepted'
  if (slot === undefined || shown === undefined || shown.status === status) return
  tx.update<HostSystemProps>(slot, draft => {
    draft.props.summary.tpmAttestation = { time: toDateTime(tx.now()), status }
  })
  tx.emit('hardware.attestationChanged', { vcenter, host, accepted })
}
