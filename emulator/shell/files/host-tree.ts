import { LAB } from '../../physics/hardware/chassis.js'
import type { HostSystemProps } from '../../schema/generated/types.js'
import { accountsOf } from '../../services/accounts.js'
import { localTicketFile } from '../../services/sessions/local-tickets.js'
import { fixedFolder, link, textFile, type FolderEntry } from './entry.js'
import { logFolder } from './log-folder.js'
import { ownFolder } from './own-folder.js'
import type { FilePlace } from './place.js'
import { volumesFolder } from './volumes.js'

/** The files of a host as its shell has them: those that mean something here. */
export function hostTree(place: FilePlace): FolderEntry {
  const { since } = place
  return fixedFolder(since, {
    bin: () => programFolder(place, namedPrograms(place)), sbin: () => link('/bin', since),
    etc: () => etc(place),
    proc: () => fixedFolder(since, {}),
    scratch: () => fixedFolder(since, {
      log: () => logFolder(place, '/var/run/log'), downloads: () => ownFolder(place, '/scratch/downloads'),
    }),
    tmp: () => ownFolder(place, '/tmp', { volatile: true, open: true }),
    usr: () => fixedFolder(since, {
      bin: () => link('/bin', since), sbin: () => link('/bin', since),
      lib: () => fixedFolder(since, { vmware: () => fixedFolder(since, {}) }),
    }),
    var: () => fixedFolder(since, {
      log: () => logFolder(place, '/var/run/log'), lib: () => fixedFolder(since, {}),
      tmp: () => ownFolder(place, '/var/tmp', { open: true }),
      run: () => fixedFolder(since, { log: () => link('/scratch/log', since), 'vmware-hostd-ticket': () => ticketFolder(place) }),
    }),
    vmfs: () => fixedFolder(since, { volumes: () => volumesFolder(place) }),
  })
}

/** A folder of programs; they are not files that anybody could read. */
export function programFolder({ since }: FilePlace, names: readonly string[]): FolderEntry {
  return {
    kind: 'directory', modified: since, names: () => names,
    child: name => names.includes(name) ? textFile('', since, { rights: '-r-xr-xr-x', program: true }) : undefined,
  }
}

/** Programs that are called by name, and the scripts of services. */
function namedPrograms({ programs }: FilePlace): string[] {
  return programs.filter(name => !name.includes('/')).sort()
}

const SCRIPTS = '/etc/init.d/'

function scripts({ programs }: FilePlace): string[] {
  return programs.filter(name => name.startsWith(SCRIPTS)).map(name => name.slice(SCRIPTS.length)).sort()
}

function etc(place: FilePlace): FolderEntry {
  const { world, node, since } = place
  const host = world.get<HostSystemProps>(node.name, 'ha-host')?.props
  const dns = host?.config?.network?.dnsConfig
  const base = fixedFolder(since, {
    hosts: () => textFile(hostsFile(place), since),
    'init.d': () => programFolder(place, scripts(place)),
    motd: () => textFile(motd(place), since),
    passwd: () => textFile(passwd(place), since),
    'resolv.conf': () => textFile([...(dns?.searchDomain ?? []).map(domain => `search ${domain}`), ...(dns?.address ?? [])
      .map(address => `nameserver ${address}`), ''].join('\n'), since),
    ssh: () => ownFolder(place, '/etc/ssh', {
      base: fixedFolder(since, { 'keys-root': () => ownFolder(place, '/etc/ssh/keys-root', {
        base: fixedFolder(since, { authorized_keys: () => textFile('', since, { rights: '-rw-------', secret: true }) }),
      }) }),
    }),
    'vmware-release': () => textFile(`VMware ESXi ${node.product.version}\n`, since),
    vmware: () => fixedFolder(since, { hostd: () => fixedFolder(since, {}), ssl: () => fixedFolder(since, {}) }),
  })
  return ownFolder(place, '/etc', { base })
}

function hostsFile({ node }: FilePlace): string {
  return [
    '# Do not remove the following line, or various programs', '# that require network functionality will fail.',
    '127.0.0.1\tlocalhost.localdomain localhost', '::1\t\tlocalhost.localdomain localhost',
    `${node.address}\t${[...new Set([node.hostName, node.hostName.split('.')[0]])].join(' ')}`, '',
  ].join('\n')
}

function motd({ world, node }: FilePlace): string {
  const options = world.get<{ setting?: Array<{ key: string, value: unknown }> }>(node.name, 'ha-adv-options')?.props.setting
  const own = options?.find(each => each.key === 'Config.Etc.motd')?.value
  return typeof own === 'string' && own !== '' ? `${own}\n` : [
    'The time and date of this login have been sent to the system logs.', '',
    'WARNING:', '   All commands run on this shell are logged, and may be part of support bundles.', '',
    'VMware offers programs with which hosts are managed from outside: PowerCLI, the API, the host client.', '',
    'The ESXi Shell can be switched off by an administrator. The documentation of vSphere Security says how.', '',
  ].join('\n')
}

function passwd({ world, node }: FilePlace): string {
  return accountsOf(world, node.name).filter(({ props }) => !props.group).map(({ props }, index) =>
    `${props.name}:x:${props.posixId ?? 1000 + index}:${props.posixId === 0 ? 0 : 100}:${props.fullName || props.description}:/:`
    + (props.shellAccess === false ? '/sbin/nologin' : '/bin/sh')).join('\n') + '\n'
}

/** One-time passwords that hostd gave to local programs (protocols.md 4.4). */
function ticketFolder({ world, node, since }: FilePlace): FolderEntry {
  const folder = '/var/run/vmware-hostd-ticket'
  const paths = (): string[] => world.ofType(LAB, 'LocalTicket')
    .map(slot => world.read<{ node: string, path: string }>(slot)!.props)
    .filter(ticket => ticket.node === node.name).map(ticket => ticket.path)
  return {
    kind: 'directory', modified: since,
    names: () => paths().map(path => path.slice(folder.length + 1)).sort(),
    child: name => {
      const text = localTicketFile(world, node.name, `${folder}/${name}`)
      return text === undefined ? undefined : textFile(text, world.now(), { rights: '-r--------', secret: true })
    },
  }
}
