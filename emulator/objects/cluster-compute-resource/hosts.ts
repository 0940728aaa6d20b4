import { clusterAddJobs, startAddHost } from '../host-system/add.js'
import { clusterMoveJobs, startMoveHostInto, startMoveInto } from '../host-system/move.js'
import { partial } from '../define.js'

/** What a cluster does with hosts. */
export const clusterHostMethods = {
  AddHost_Task: partial(startAddHost, 'license, hostGateway, lockdownMode'),
  MoveInto_Task: startMoveInto,
  MoveHostInto_Task: partial(startMoveHostInto, 'the pools of a stand-alone host are not kept below the pool'),
}

export const clusterHostJobs = { ...clusterAddJobs, ...clusterMoveJobs }
