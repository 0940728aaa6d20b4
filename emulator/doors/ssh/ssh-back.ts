/** What stands behind a node's sshd: its accounts, its settings, its shells. */
import type { Services } from '../../services/call.js'
import type { NodeInfo } from '../../services/nodes.js'
import { knowsUser, type ShellPerson } from '../../services/shell-access/access.js'
import { authLine, from, newPid, type LoginMethod, type SshClient } from '../../services/shell-access/lines.js'
import { keyLogin, passwordLogin, type ShellPlace } from '../../services/shell-access/login.js'
import { loginText } from '../../services/shell-access/texts.js'
import { oneLine } from '../../services/one-line.js'
import type { Shells } from '../../shell/shell-model.js'
import type { Transaction } from '../../world/transaction.js'
import type { SshTalk } from './connection.js'

export interface SshBackOptions {
  readonly services: Services
  readonly node: NodeInfo
  readonly shells: Shells
}

/** Versions of OpenSSH by the product's major version: 8.x in 7, 8.9 to 9.x in 8 (protocols.md 8.2, unsure). */
const versions: ReadonlyArray<readonly [major: number, ident: string]> = [[8, 'OpenSSH_9.3'], [7, 'OpenSSH_8.8'], [0, 'OpenSSH_7.9']]

/** The two halves of sshd that know of the lab: who is let in, and what he gets. */
export function sshTalk(
  { services, node, shells }: SshBackOptions, client: { readonly address: string, readonly port: number },
): SshTalk {
  const { world } = services
  const note = <R>(run: (tx: Transaction) => R): R => world.transact({ kind: 'lab', what: 'sshd', node: node.name }, run)
  const peer: SshClient = note(tx => {
    const known = { ...client, pid: newPid(tx, node.name) }
    authLine(tx, node.name, known, `Connection from ${from(known)}`)
    return known
  })
  const place: ShellPlace = { services, node, client: peer }
  const admitted = (outcome: ShellPerson | string): ShellPerson | undefined => typeof outcome === 'string' ? undefined : outcome
  const line = (text: string): void => note(tx => authLine(tx, node.name, peer, text))
  const userOf = ({ name }: ShellPerson): { name: string, address: string } => ({ name, address: peer.address })
  return {
    ident: identOf(node),
    banner: bannerOf(services, node),
    methods: methodsOf(node),
    password: (userName, method, password) => admitted(passwordLogin(place, userName, method, password)),
    keys: userName => knowsUser(world, node, userName) ? authorizedKeys(shells, node, userName, peer.address) : [],
    key: userName => admitted(keyLogin(place, userName, true)),
    tooManyTries: userName => {
      line(`error: maximum authentication attempts exceeded for ${oneLine(userName)} from ${from(peer)} ssh2 [preauth]`)
    },
    begin: (person, ends) => services.sshLogins.add(node, person.name, peer, ends),
    place: person => ({
      home: homeOf(node, person),
      motd: () => node.kind === 'esxi' ? loginText(world, node.name, 'Config.Etc.motd') : '',
      openShell: () => shells.open(node.name, userOf(person)),
      files: () => shells.files(node.name, userOf(person)),
    }),
    endedEarly: why => line(why === 'protocol' ? `Protocol error from ${from(peer)} [preauth]`
      : why === 'timeout' ? `fatal: Timeout before authentication for ${from(peer)}` : `Connection closed by ${from(peer)} [preauth]`),
  }
}

function identOf({ product }: NodeInfo): string {
  const major = Number.parseInt(product.version, 10)
  return versions.find(([least]) => major >= least)![1]
}

/**
 * ESXi asks by keyboard-interactive and takes keys; the method password is off in its sshd_config. An
 * appliance takes passwords too (protocols.md 8.2).
 */
function methodsOf({ kind }: NodeInfo): readonly LoginMethod[] {
  return kind === 'esxi' ? ['publickey', 'keyboard-interactive'] : ['publickey', 'password', 'keyboard-interactive']
}

/** Config.Etc.issue, as `Banner /etc/issue` of a host's sshd shows it (protocols.md 8.2). */
function bannerOf(services: Services, node: NodeInfo): string | undefined {
  const text = node.kind === 'esxi' ? loginText(services.world, node.name, 'Config.Etc.issue') : ''
  // The protocol's server ends the text by itself.
  return text === '' ? undefined : text.replace(/\r?\n$/, '')
}

/** Folders of a user's keys: on a host beside those of sshd (protocols.md 8.2), else in his home. */
function keyFile(node: NodeInfo, userName: string): string {
  return node.kind === 'esxi' ? `/etc/ssh/keys-${userName}/authorized_keys`
    : userName === 'root' ? '/root/.ssh/authorized_keys' : `/home/${userName}/.ssh/authorized_keys`
}

function homeOf(node: NodeInfo, { name }: ShellPerson): string {
  return node.kind === 'esxi' ? '/' : name === 'root' ? '/root' : '/'
}

/** Lines with options before the key are not taken, since none of the options is. */
function authorizedKeys(shells: Shells, node: NodeInfo, userName: string, address: string): Buffer[] {
  if (!/^[A-Za-z0-9._@-]+$/.test(userName)) return []
  const bytes = shells.files(node.name, { name: userName, address }).read(keyFile(node, userName))
  if ('trouble' in bytes) return []
  return Buffer.from(bytes).toString('utf8').split('\n').flatMap(line => {
    const [, key] = /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-\S+) ([A-Za-z0-9+/]+=*)/.exec(line.trim()) ?? []
    return key === undefined ? [] : [Buffer.from(key, 'base64')]
  })
}
