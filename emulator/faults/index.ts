import { agentStop } from './agent-stop.js'
import { apiDelay } from './api-delay.js'
import { apiFault } from './api-fault.js'
import { attestationFail } from './attestation-fail.js'
import { applianceDiskFill } from './appliance-disk-fill.js'
import { cableCut } from './cable-cut.js'
import { certificateExpire } from './certificate-expire.js'
import { consoleHang } from './console-hang.js'
import { clockDrift } from './clock-drift.js'
import { databaseSlow } from './database-slow.js'
import { datastoreApd } from './datastore-apd.js'
import { datastoreFill } from './datastore-fill.js'
import { datastorePdl } from './datastore-pdl.js'
import { diskLatency } from './disk-latency.js'
import type { FaultDefinition } from './define.js'
import { applicationFail, guestCrash, guestHang, toolsStop } from './guest.js'
import { hostCrash } from './host-crash.js'
import { hostHang } from './host-hang.js'
import { hostdStop } from './hostd-stop.js'
import { lockLost } from './lock-lost.js'
import { networkIsolate } from './network-isolate.js'
import { networkLatency } from './network-latency.js'
import { networkLoss } from './network-loss.js'
import { networkPartition } from './network-partition.js'
import { nicDown } from './nic-down.js'
import { pathDown } from './path-down.js'
import { portBlock } from './port-block.js'
import { powerLoss } from './power-loss.js'
import { psod } from './psod.js'
import { sensorAlert } from './sensor-alert.js'
import { vlanMismatch } from './vlan-mismatch.js'
import { licenceExpire } from './licence-expire.js'
import { passwordExpire } from './password-expire.js'
import { serviceStart, serviceStop } from './service-stop.js'
import { syslogTargetDown } from './syslog-target-down.js'
import { vcenterCrash } from './vcenter-crash.js'
import { vchaLinkCut } from './vcha-link-cut.js'
import { vchaNodeDown } from './vcha-node-down.js'
import { vchaDestroy, vchaDiskRepair, vchaResetPrimary } from './vcha-repair.js'
import { vchaReplicationStall } from './vcha-replication-stall.js'

/** All injectable faults, in the order that `fauxsphere faults` prints them. */
export const faults: readonly FaultDefinition[] = [
  hostCrash,
  hostHang,
  psod,
  powerLoss,
  hostdStop,
  agentStop,
  consoleHang,
  sensorAlert,
  attestationFail,
  cableCut,
  nicDown,
  vlanMismatch,
  networkIsolate,
  networkPartition,
  networkLoss,
  networkLatency,
  portBlock,
  datastoreFill,
  datastoreApd,
  datastorePdl,
  pathDown,
  diskLatency,
  lockLost,
  syslogTargetDown,
  applianceDiskFill,
  serviceStop,
  serviceStart,
  vcenterCrash,
  databaseSlow,
  vchaNodeDown,
  vchaLinkCut,
  vchaReplicationStall,
  vchaResetPrimary,
  vchaDiskRepair,
  vchaDestroy,
  certificateExpire,
  licenceExpire,
  passwordExpire,
  clockDrift,
  guestHang,
  guestCrash,
  toolsStop,
  applicationFail,
  apiFault,
  apiDelay,
]
