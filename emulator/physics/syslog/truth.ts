import type { Reader } from '../../world/records.js'
import { LAB } from '../hardware/chassis.js'
import { bareName, type TruthFact } from '../truth.js'
import { logHostLabel } from './log-hosts.js'
import { forwardingOf } from './state.js'

/** `node/esx-01`: the log hosts that a node's messages go to now, such as `tcp://loghost:514`. */
export const syslogTargetsFact: TruthFact = {
  name: 'syslog-targets',
  help: 'log hosts that a node sends to now; datagrams may get lost behind it: esx-01',
  subjects,
  of: (reader, subject) => forwardingOf(reader, bareName(subject))?.targets
    .filter(({ state }) => state === 'open' || state === 'connected').map(({ to }) => logHostLabel(to)),
}

/** `node/esx-01`: messages to its present log hosts that were never sent, as counted at the last try. */
export const syslogDroppedFact: TruthFact = {
  name: 'syslog-dropped',
  help: 'messages that a node gave up because a log host was lost too long: esx-01',
  subjects,
  of: (reader, subject) => forwardingOf(reader, bareName(subject))?.targets.reduce((sum, { dropped }) => sum + dropped, 0),
}

function subjects(reader: Reader): string[] {
  return reader.ofType(LAB, 'Node').map(slot => `node/${slot.address.id}`)
}
