import type { Reader } from '../../world/records.js'
import { bareName, type TruthFact } from '../truth.js'
import { logHostLabel } from './log-hosts.js'
import { forwardingNodes, forwardingOf, type ForwardTarget } from './state.js'

/** `host/esx-01/tcp://loghost:514`: silent, open, cut, connecting, connected or lost. */
export const syslogStateFact: TruthFact = {
  name: 'syslog-target',
  help: 'how a node stands with a log host: esx-01/tcp://loghost:514',
  subjects,
  of: (reader, subject) => targetNamed(reader, subject)?.state,
}

/** The same subject: messages that were never sent, as counted at the last try. */
export const syslogDroppedFact: TruthFact = {
  name: 'syslog-dropped',
  help: 'messages to a log host that a node gave up: esx-01/tcp://loghost:514',
  subjects,
  of: (reader, subject) => targetNamed(reader, subject)?.dropped,
}

function subjects(reader: Reader): string[] {
  return forwardingNodes(reader).flatMap(node =>
    forwardingOf(reader, node)!.targets.map(({ to }) => `node/${node}/${logHostLabel(to)}`))
}

function targetNamed(reader: Reader, subject: string): ForwardTarget | undefined {
  const name = bareName(subject)
  const slash = name.indexOf('/')
  const label = name.slice(slash + 1)
  return forwardingOf(reader, name.slice(0, Math.max(0, slash)))?.targets.find(({ to }) => logHostLabel(to) === label)
}
