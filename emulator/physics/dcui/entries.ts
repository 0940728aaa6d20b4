import type { HostSystemProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'
import { serviceOf } from '../hardware/host-services.js'

/** What an entry of System Customization leads to; undefined: it is not emulated, and says so. */
export interface MenuEntry {
  readonly title: string
  readonly to?: 'network' | 'troubleshooting' | 'logs' | 'support'
}

/** The entries of the menu (operations.md 10, row DCUI). */
export const menuEntries: readonly MenuEntry[] = [
  { title: 'Configure Password' },
  { title: 'Configure Lockdown Mode' },
  { title: 'Configure Management Network', to: 'network' },
  { title: 'Restart Management Network' },
  { title: 'Test Management Network' },
  { title: 'Network Restore Options' },
  { title: 'Configure Keyboard' },
  { title: 'Troubleshooting Options', to: 'troubleshooting' },
  { title: 'View System Logs', to: 'logs' },
  { title: 'View Support Information', to: 'support' },
  { title: 'Reset System Configuration' },
]

/** Services that Troubleshooting Options switches; the last entries show time-outs and restart the agents. */
export const SHELL_SERVICES = ['TSM', 'TSM-SSH'] as const

/** Titles of Troubleshooting Options, as a host stands. */
export function troubleshootingTitles(reader: Reader, host: string): string[] {
  const verb = (key: string): string => serviceOf(reader, host, key)?.running === true ? 'Disable' : 'Enable'
  return [
    `${verb('TSM')} ESXi Shell`, `${verb('TSM-SSH')} SSH`, 'Modify ESXi Shell and SSH time-outs', 'Restart Management Agents',
  ]
}

/** The place of Restart Management Agents among them. */
export const RESTART_AGENTS = 3

/** The logs that keys 1 to 6 show (the sheet gives their number; which they are is our choice). */
export const consoleLogs = ['syslog', 'vmkernel', 'vmksummary', 'hostd', 'vpxa', 'vobd'] as const

/** True while the console of a host asks for its keys: its service runs, which strict lockdown ends. */
export function consoleServes(reader: Reader, host: string): boolean {
  const config = reader.get<HostSystemProps>(host, 'ha-host')?.props.config
  return serviceOf(reader, host, 'DCUI')?.running !== false && config?.lockdownMode !== 'lockdownStrict'
}
