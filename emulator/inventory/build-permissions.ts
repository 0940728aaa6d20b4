import type { AuthorizationManagerProps, ManagedEntityProps } from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { managerSlot } from '../services/authorization/permission-index.js'
import { ownPermissions, putPermissions } from '../services/authorization/permissions.js'
import { wellKnownId } from '../services/well-known.js'
import type { Slot } from '../world/records.js'
import { LabFileError } from './lab-error.js'
import type { Build } from './build-state.js'
import { nearestName } from '../world/nearest.js'

/** Sets the permissions of the lab file. @throws LabFileError for unknown nodes, paths and roles */
export function buildPermissions(build: Build): void {
  const { lab } = build.plan
  checkNodes(build)
  lab.permissions.forEach((item, index) => {
    const path = `permissions[${index}]`
    const entity = findEntity(build, item.node, item.entity)
    if (entity === undefined) {
      throw new LabFileError(lab.lab, [`${path}.entity: there is nothing at ${item.entity} on ${item.node}`])
    }
    const manager = build.tx.read<AuthorizationManagerProps>(managerSlot(build.tx, item.node)!)!
    const roles = manager.props.roleList ?? []
    const role = roles.find(candidate => candidate.name === item.role || candidate.info.label === item.role)
    if (role === undefined) {
      const near = nearestName(item.role, roles.map(candidate => candidate.name))
      throw new LabFileError(lab.lab, [
        `${path}.role: there is no role ${item.role}${near === undefined ? '' : `; did you mean ${near}?`}`,
      ])
    }
    putPermissions(build.tx, entity, [...ownPermissions(build.tx, entity), {
      principal: item.principal, group: item.group, roleId: role.roleId, propagate: item.propagate,
    }])
  })
}

function checkNodes(build: Build): void {
  const { lab } = build.plan
  const problems: string[] = []
  for (const part of ['users', 'roles', 'permissions'] as const) {
    lab[part].forEach((item, index) => {
      if (build.nodes.has(item.node)) return
      const near = nearestName(item.node, build.nodes.keys())
      problems.push(`${part}[${index}].node: there is no node ${item.node}${near === undefined ? '' : `; did you mean ${near}?`}`)
    })
  }
  if (problems.length > 0) throw new LabFileError(lab.lab, problems)
}

/** The entity at an inventory path such as `/DC-01/vm/Production/web-01`; `/` is the root folder. */
function findEntity(build: Build, node: string, path: string): Slot | undefined {
  let at = build.tx.find(node, wellKnownId('rootFolder', build.nodes.get(node)!.kind))
  for (const name of path.split('/').filter(part => part !== '')) {
    at = at === undefined ? undefined : children(build, at).find(child => nameOf(build, child) === name)
  }
  return at
}

function nameOf(build: Build, slot: Slot): string | undefined {
  return build.tx.read<ManagedEntityProps>(slot)?.props.name
}

const childProperties = [
  'childEntity', 'vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder', 'host', 'resourcePool', 'vm',
] as const

function children(build: Build, slot: Slot): Slot[] {
  const props = build.tx.read(slot)!.props
  const refs = childProperties.flatMap(key => (props[key] ?? []) as MoRef | MoRef[])
  return refs.map(item => build.tx.find(slot.address.node, item.value)).filter(found => found !== undefined)
}
