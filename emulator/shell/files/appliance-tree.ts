import { partitionKinds } from '../../physics/appliance/partitions.js'
import { accountsOf } from '../../services/accounts.js'
import { fixedFolder, link, textFile, type FolderEntry } from './entry.js'
import { programFolder } from './host-tree.js'
import { logFolder, logFolderNames } from './log-folder.js'
import { ownFolder } from './own-folder.js'
import { partitionFolder } from './partition-folder.js'
import type { FilePlace } from './place.js'

/** The files of a vCenter appliance as its shell has them: those that mean something here. */
export function applianceTree(place: FilePlace): FolderEntry {
  const { since } = place
  const top = fixedFolder(since, {
    bin: () => programFolder(place, [...place.programs].sort()),
    etc: () => ownFolder(place, '/etc', { base: fixedFolder(since, {
      hosts: () => textFile(hostsFile(place), since),
      motd: () => textFile('', since),
      'os-release': () => textFile('NAME="VMware Photon OS"\nID=photon\n', since),
      passwd: () => textFile(passwd(place), since),
      ssh: () => fixedFolder(since, {}),
    }) }),
    root: () => ownFolder(place, '/root', { base: fixedFolder(since, { '.ssh': () => ownFolder(place, '/root/.ssh') }) }),
    storage: () => storage(place),
    tmp: () => ownFolder(place, '/tmp', { volatile: true, open: true }),
    usr: () => fixedFolder(since, { bin: () => link('/bin', since) }),
    var: () => fixedFolder(since, {
      log: () => fixedFolder(since, {
        vmware: () => fixedFolder(since, Object.fromEntries(
          logFolderNames(place).map(name => [name, () => logFolder(place, `/var/log/vmware/${name}`)]))),
      }),
      tmp: () => ownFolder(place, '/var/tmp', { open: true }),
    }),
  })
  return partitionFolder(place, '/', top)
}

/** The partitions below /storage, each a folder. */
function storage(place: FilePlace): FolderEntry {
  const { since } = place
  const mounts = partitionKinds.map(({ mount }) => mount).filter(mount => mount.startsWith('/storage/'))
  return fixedFolder(since, Object.fromEntries(mounts.map(mount => {
    const base = mount === '/storage/log' ? fixedFolder(since, { vmware: () => link('/var/log/vmware', since) }) : ownFolder(place, mount)
    return [mount.slice('/storage/'.length), () => partitionFolder(place, mount, base)]
  })))
}

function hostsFile({ node }: FilePlace): string {
  const names = [...new Set([node.hostName, node.hostName.split('.')[0]!])].join(' ')
  return `127.0.0.1 localhost.localdomain localhost\n${node.address} ${names}\n`
}

function passwd({ world, node }: FilePlace): string {
  return accountsOf(world, node.name).filter(({ props }) => !props.group && props.domain === 'localos').map(({ props }, index) => {
    const id = props.name === 'root' ? 0 : 1000 + index
    return `${props.name}:x:${id}:0:${props.fullName}:/${props.name}:/bin/appliancesh\n`
  }).join('')
}
