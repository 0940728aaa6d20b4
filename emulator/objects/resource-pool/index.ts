import { defineManagedObject, partial, type Definition } from '../define.js'
import { createVApp } from './vapp.js'
import { createPool, updateChildren, updateConfig } from './config.js'
import { destroyChildren } from './destroy.js'
import { moveIntoPool } from './move.js'
import { createChildVm, registerChildVm, startCreateChildVm, startRegisterChildVm } from './vm.js'

export const resourcePool: Definition = defineManagedObject('ResourcePool', {
  methods: {
    CreateResourcePool: createPool,
    UpdateConfig: updateConfig,
    UpdateChildResourceConfiguration: updateChildren,
    MoveIntoResourcePool: moveIntoPool,
    DestroyChildren: destroyChildren,
    CreateChildVM_Task: startCreateChildVm,
    RegisterChildVM_Task: startRegisterChildVm,
    CreateVApp: partial(createVApp, 'configSpec beyond annotation and instanceUuid'),
  },
  jobs: {
    'pool.createChildVm': createChildVm,
    'pool.registerChildVm': registerChildVm,
  },
})
