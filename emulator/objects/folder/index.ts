import { defineManagedObject, partial, type Definition } from '../define.js'
import { createCluster, createDatacenterHere, createFolder, createStoragePod } from './create.js'
import { unregisterAndDestroy, startUnregisterAndDestroy } from './destroy.js'
import { folderAddJobs, startAddStandaloneHost } from '../host-system/add.js'
import { moveIntoFolder, startMove } from './move.js'
import { startCreateVm, startRegisterVm } from './vm.js'
import { createVm } from '../virtual-machine/lifecycle.js'
import { registerVm } from '../virtual-machine/register.js'

export const folder: Definition = defineManagedObject('Folder', {
  methods: {
    CreateFolder: createFolder,
    CreateStoragePod: createStoragePod,
    CreateDatacenter: createDatacenterHere,
    CreateCluster: createCluster,
    CreateClusterEx: partial(createCluster, 'spec parts about vSAN, images of hosts and quickstart'),
    CreateVM_Task: startCreateVm,
    RegisterVM_Task: startRegisterVm,
    AddStandaloneHost_Task: partial(startAddStandaloneHost, 'compResSpec, license'),
    MoveIntoFolder_Task: partial(startMove, 'datastores into or out of a storage pod'),
    UnregisterAndDestroy_Task: startUnregisterAndDestroy,
  },
  jobs: {
    ...folderAddJobs,
    'folder.createVm': createVm,
    'folder.registerVm': registerVm,
    'folder.move': moveIntoFolder,
    'folder.unregisterAndDestroy': unregisterAndDestroy,
  },
})
