import type { MethodInfo, MoRef } from '../schema/model.js'
import { fault, type MethodFault } from '../services/method-fault.js'
import type { NodeKind } from '../services/nodes.js'

/** Methods that only one kind of node has, though the tables give them to a type both have. */
const onlyOn: Readonly<Record<string, NodeKind>> = {
  'SessionManager.SessionIsActive': 'vcenter',
  'SessionManager.ImpersonateUser': 'vcenter',
  'SessionManager.LoginExtensionByCertificate': 'vcenter',
  'SessionManager.LoginExtensionBySubjectName': 'vcenter',
  'SessionManager.AcquireLocalTicket': 'esxi',
  'Folder.CreateDatacenter': 'vcenter',
  'Folder.CreateFolder': 'vcenter',
  'Folder.CreateCluster': 'vcenter',
  'Folder.CreateClusterEx': 'vcenter',
  'Folder.AddStandaloneHost_Task': 'vcenter',
  'Folder.MoveIntoFolder_Task': 'vcenter',
  'DiagnosticManager.FetchAuditRecords': 'esxi',
  'DiagnosticManager.EmitSyslogMark': 'esxi',
  'HostSystem.QueryTpmAttestationReport': 'vcenter',
}

/** One method that was asked for and is not emulated. */
export interface Miss {
  readonly method: string
  count: number
  readonly firstSeen: number
  /** The argument path, when the method as such is emulated. */
  readonly path?: string | undefined
}

/** What clients asked for and did not get: readable at the control API (design.md 9). */
export class Misses {
  readonly #misses = new Map<string, Miss>()

  note(method: string, now: number, path?: string): void {
    const key = path === undefined ? method : `${method} ${path}`
    const miss = this.#misses.get(key)
    if (miss === undefined) this.#misses.set(key, { method, count: 1, firstSeen: now, path })
    else miss.count += 1
  }

  list(): Miss[] {
    return [...this.#misses.values()]
  }
}

/** The MethodFault for a method that exists on the other kind of node only; undefined: on both. */
export function wrongNode(method: MethodInfo, kind: NodeKind): MethodFault | undefined {
  const only = onlyOn[`${method.owner}.${method.name}`]
  if (only === undefined || only === kind) return undefined
  return method.name === 'SessionIsActive' ? fault('NotImplemented') : fault('NotSupported')
}

/** The MethodFault for a method of the tables that has no handler; it names the method. */
export function notImplemented(method: MethodInfo): MethodFault {
  return fault('NotImplemented', {}, `fauxsphere does not emulate ${method.owner}.${method.name}; `
    + 'see docs/api-coverage.md and /v1/requests of the control API')
}

/** The MethodFault for an object that is not there. */
export function objectNotFound(obj: MoRef): MethodFault {
  return fault('ManagedObjectNotFound', { obj })
}
