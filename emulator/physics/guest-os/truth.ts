/** What consoles of VMs show; read from the hosts' own records. */
import type { Reader, Slot } from '../../world/records.js'
import { vmSubjects, vmsNamed } from '../machine-truth.js'
import { withoutMarks } from '../text-screen.js'
import { bareName, type TruthFact } from '../truth.js'
import { vmRecord } from '../compute/vm.js'
import { consoleScreen, whyBlack } from './console-service.js'
import { phaseOf } from './phase.js'

/** Whether a VM's console shows its guest. */
export const consoleFact: TruthFact = {
  name: 'console',
  help: 'what the console of a VM shows: shown, black, still (the guest stands still), off',
  subjects: vmSubjects,
  of: (reader, subject) => {
    const vm = instance(reader, subject)
    if (vm === undefined || vmRecord(reader, vm).props.runtime.powerState !== 'poweredOn') return 'off'
    if (whyBlack(reader, vm) !== undefined) return 'black'
    return phaseOf(reader, vm).still ? 'still' : 'shown'
  },
}

/** The last line on a VM's console that is not empty. */
export const screenFact: TruthFact = {
  name: 'screen',
  help: 'the last line on the console of a VM; unset: nothing is on it',
  subjects: vmSubjects,
  of: (reader, subject) => {
    const vm = instance(reader, subject)
    const screen = vm === undefined ? undefined : consoleScreen(reader, vm)
    return screen?.lines.map(line => withoutMarks(line).trim()).findLast(line => line !== '')
  },
}

/** The instance that runs, of several of one VM. */
function instance(reader: Reader, subject: string): Slot | undefined {
  const all = vmsNamed(reader, bareName(subject))
  return all.find(vm => vmRecord(reader, vm).props.runtime.powerState === 'poweredOn') ?? all[0]
}
