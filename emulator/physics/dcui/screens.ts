/** The pages of a host's own console (operations.md 10, row DCUI); all texts are our own. */
import type { HostSystemProps } from '../../schema/generated/types.js'
import type { World } from '../../world/world.js'
import { filesOfLog, linesOf } from '../logs/files.js'
import { lineText } from '../logs/render.js'
import { logName } from '../logs/write.js'
import { wrapped } from '../guest-os/prompt.js'
import { hostOption } from '../options.js'
import { LAB } from '../hardware/chassis.js'
import { gridOf, paint, TEXT_MODE, type TextScreen } from '../text-screen.js'
import { consoleLogs, consoleServes, menuEntries, troubleshootingTitles } from './entries.js'
import { hostConsoleOf, type HostConsole, type View } from './state.js'

const { columns, rows } = gridOf(TEXT_MODE)
const BAR = paint('black', 'brown')
const BODY = paint('silver')
const PICKED = paint('black', 'silver')
/** Rows between the bars at the top and at the foot. */
const BODY_ROWS = rows - 3
/** Columns of the list at the left of a menu. */
const LIST = 36

/** What a host's console shows in place of its first page; undefined: that page. */
export function consolePage(world: World, host: string): TextScreen | undefined {
  const console = hostConsoleOf(world, host)
  switch (console.tty) {
    case 1: return page('tty1', ['The ESXi Shell at the console is not emulated: use SSH.'], ALT_F2)
    case 12: return logPage(world, host, 'vmkernel', 0, ALT_F2)
    case 11: return undefined
    case 2: return consoleServes(world, host) ? pageOf(world, host, console) : undefined
  }
}

const ALT_F2 = '<Alt-F2> Back to the console'
const ESC = '<Esc> Back'

function pageOf(world: World, host: string, console: HostConsole): TextScreen | undefined {
  const { view } = console
  switch (view.at) {
    case 'own': return undefined
    case 'login': return loginPage(view)
    case 'menu': {
      const entry = menuEntries[view.item]!
      const about = entry.to === undefined ? ['This is not emulated.'] : aboutEntry(world, host, entry.to)
      return listed('System Customization', menuEntries.map(({ title }) => title), view.item, about, '<Enter> Choose    <Esc> Log out')
    }
    case 'troubleshooting':
      return listed('Troubleshooting Options', troubleshootingTitles(world, host), view.item, aboutTrouble(world, host, view.item),
        `<Enter> Choose    ${ESC}`)
    case 'agents': return page('Restart Management Agents', view.done === true ? ['', 'The management agents run again.']
      : ['', 'hostd and vpxa end and begin again: sessions and tasks of clients end,', 'virtual machines go on.'],
    view.done === true ? '<Enter> Back' : '<F11> Restart    <Esc> Cancel')
    case 'network': return page('Management Network', networkFacts(world, host), ESC)
    case 'support': return page('Support Information', supportFacts(world, host), ESC)
    case 'logs': return page('System Logs', ['', ...consoleLogs.map((log, at) => `<${at + 1}> ${log}.log`)], `<1>-<6> Show    ${ESC}`)
    case 'log': return logPage(world, host, consoleLogs[view.log]!, view.back, '<Up> <Down> <PgUp> <PgDn> Move    <Q> Back')
    case 'power': return page('Shut Down or Restart', [
      '', 'The virtual machines that run on this host end with it.', '', '<F2>   Shut down', '<F11>  Restart',
    ], '<Esc> Cancel')
  }
}

/** A page with a bar at its top, lines below, and what its keys do at the foot. */
function page(title: string, lines: readonly string[], foot: string, cursor?: TextScreen['cursor']): TextScreen {
  const body = Array.from({ length: BODY_ROWS }, (_, at) => `${BODY}  ${lines[at] ?? ''}`)
  return {
    ...TEXT_MODE,
    lines: [`${BAR}  ${title}`.padEnd(columns + 1), ...body, '', `${BAR}  ${foot}`.padEnd(columns + 1)],
    ...cursor === undefined ? {} : { cursor },
  }
}

function listed(title: string, titles: readonly string[], picked: number, about: readonly string[], foot: string): TextScreen {
  const length = Math.max(titles.length, about.length) + 1
  return page(title, Array.from({ length }, (_, row) => {
    const left = (titles[row - 1] ?? '').padEnd(LIST)
    return `${row - 1 === picked ? PICKED : BODY}${left}${BODY}  ${about[row - 1] ?? ''}`
  }), foot)
}

function loginPage({ user, secret, field, refused, to }: Extract<View, { at: 'login' }>): TextScreen {
  const name = 'Login Name:  '
  return page('Authentication Required', [
    '', to === 'menu' ? 'Who changes this host must log in.' : 'Who shuts this host down must log in.', '',
    `${name}${user}`, `Password:    ${'*'.repeat(secret.length)}`, '',
    refused === true ? `${paint('brightRed')}Wrong name or password, or no right to use this console.` : '',
  ], '<Enter> Log in    <Tab> Other field    <Esc> Cancel', {
    column: 2 + name.length + (field === 'user' ? user.length : secret.length), row: field === 'user' ? 4 : 5,
  })
}

function aboutEntry(world: World, host: string, to: NonNullable<(typeof menuEntries)[number]['to']>): string[] {
  switch (to) {
    case 'network': return networkFacts(world, host).slice(1, 5)
    case 'support': return supportFacts(world, host).slice(1, 4)
    case 'logs': return ['Logs of this host']
    case 'troubleshooting': return ['Shell, SSH, time-outs, agents']
  }
}

function aboutTrouble(world: World, host: string, item: number): string[] {
  if (item !== 2) return []
  const option = (key: string): string => `${hostOption(world, host, `UserVars.${key}`, 0)} s`
  return [`Availability: ${option('ESXiShellTimeOut')}`, `Idle shells:  ${option('ESXiShellInteractiveTimeOut')}`,
    'They are changed by advanced options.']
}

function networkFacts(world: World, host: string): string[] {
  const config = world.get<HostSystemProps>(host, 'ha-host')?.props.config
  const network = config?.network
  const own = config?.virtualNicManagerInfo?.netConfig?.find(each => each.nicType === 'management')?.selectedVnic?.[0]
  const nics = network?.vnic ?? []
  const nic = nics.find(({ key }) => key !== undefined && own?.endsWith(key) === true) ?? nics[0]
  const group = network?.portgroup?.find(({ spec }) => spec.name === nic?.portgroup)
  const cards = network?.vswitch?.find(({ key }) => key === group?.vswitch)?.pnic ?? []
  const names = (network?.pnic ?? []).filter(({ key }) => key !== undefined && cards.includes(key)).map(({ device }) => device)
  const { dnsConfig, ipRouteConfig } = network ?? {}
  return [
    '', `Network adapters:  ${names.join(', ') || 'none'}`, `VLAN:              ${group?.spec.vlanId || 'not set'}`,
    `IPv4 address:      ${nic?.spec.ip?.ipAddress ?? 'not set'} (${nic?.spec.ip?.dhcp === true ? 'DHCP' : 'static'})`,
    `Subnet mask:       ${nic?.spec.ip?.subnetMask ?? 'not set'}`,
    `Default gateway:   ${ipRouteConfig?.defaultGateway ?? 'not set'}`,
    `IPv6 addresses:    ${nic?.spec.ip?.ipV6Config?.ipV6Address?.map(each => each.ipAddress).join(', ') ?? 'not set'}`,
    `MAC address:       ${nic?.spec.mac ?? 'unknown'}`, '',
    `DNS servers:       ${dnsConfig?.address?.join(', ') || 'not set'}`,
    `Host name:         ${dnsConfig?.hostName ?? ''}`,
    `DNS suffixes:      ${dnsConfig?.searchDomain?.join(', ') || dnsConfig?.domainName || 'not set'}`, '',
    'These are changed through the API, not here.',
  ]
}

function supportFacts(world: World, host: string): string[] {
  const system = world.get<HostSystemProps>(host, 'ha-host')?.props
  const product = world.get<{ product: { version: string, build: string } }>(LAB, host)?.props.product
  const { systemInfo, biosInfo } = system?.hardware ?? {}
  const serial = systemInfo?.serialNumber
    ?? systemInfo?.otherIdentifyingInfo?.find(each => /SerialNumber|ServiceTag/.test(each.identifierType.key))?.identifierValue
  return [
    '', `Version:        ESXi ${product?.version} build ${product?.build} (simulated)`,
    `Serial number:  ${serial ?? 'none'}`, `UUID:           ${systemInfo?.uuid ?? ''}`,
    `Machine:        ${systemInfo?.vendor} ${systemInfo?.model}`, `Firmware:       ${biosInfo?.biosVersion ?? 'unknown'}`, '',
    'Nobody supports a simulated host.',
  ]
}

/** The newest rows of a log, or those that lie so many rows above them. */
function logPage(world: World, host: string, file: string, back: number, foot: string): TextScreen {
  const name = logName(world, host, file)
  const [log] = filesOfLog(world, name, 0)
  const version = world.get<{ product: { version: string } }>(LAB, host)?.props.product.version ?? ''
  const last = (log?.rows ?? 0) - back
  const found: string[] = []
  for (const line of log === undefined ? [] : linesOf(world, name, log, Math.max(1, last - BODY_ROWS + 1))) {
    if (line.row > last) break
    found.push(...lineText(line, version).split('\n'))
  }
  const lines = wrapped(found, columns - 2).slice(-BODY_ROWS)
  return page(`/var/run/log/${file}.log`, lines, foot)
}
