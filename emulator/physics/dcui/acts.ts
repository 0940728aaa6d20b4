import type { Transaction } from '../../world/transaction.js'
import type { HostAgent } from '../hardware/agents.js'
import { chassis } from '../hardware/chassis.js'
import { stopNow } from '../hardware/orderly-stop.js'
import './state.js'

/** Restart Management Agents: hostd and vpxa end and begin again, also one that hung or had ended. */
export function restartAgents(tx: Transaction, host: string, user: string): void {
  tx.emit('dcui.did', { host, user, what: 'hostagents.restart' })
  for (const agent of ['hostd', 'vpxa'] satisfies HostAgent[]) {
    if (chassis(tx, host)?.agents?.[agent] !== 'stopped') tx.emit('agent.changed', { host, agent, state: 'stopped' })
    tx.emit('agent.changed', { host, agent, state: 'running' })
  }
}

/** F12: the host stops in order, whether it is in maintenance mode or not. */
export function stopHost(tx: Transaction, host: string, cause: 'shutdown' | 'reboot', user: string): void {
  tx.emit('dcui.did', { host, user, what: `host.${cause}` })
  stopNow(tx, host, cause, { node: host, userName: user })
}
