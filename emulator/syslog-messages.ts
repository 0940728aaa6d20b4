import type { LogLine, StoredLine } from './physics/logs/line.js'
import { pidOf } from './physics/logs/processes.js'
import { facilityOf, messageOf, processOf, severityOf } from './physics/logs/render.js'
import { LAB } from './physics/hardware/chassis.js'
import type { StoredEvent } from './services/events.js'
import { patternOf } from './services/narration/catalogue.js'
import { syslogTexts, type SyslogFormatter, type SyslogMessage } from './wire/syslog/message.js'
import { eventTexts } from './wire/syslog/vcenter-event.js'
import type { World } from './world/world.js'

/** Facility and severity of vCenter's events: user, info (operations.md 3.4). */
const EVENT_FACILITY = 1
const EVENT_SEVERITY = 6

/** What one item of a node's logs says to a log host; each form of it is made once. */
export class OutgoingItem {
  /** Lab time at which the node says that it was written. */
  readonly time: string
  readonly #messages: readonly SyslogMessage[]
  readonly #texts = new Map<SyslogFormatter, readonly string[]>()

  constructor(world: World, node: string, log: string, value: unknown) {
    const item = log.startsWith('events/') ? ofEvent(world, node, value as StoredEvent) : ofLine(world, node, value as StoredLine)
    this.time = item.time
    this.#messages = item.messages
  }

  texts(formatter: SyslogFormatter): readonly string[] {
    let texts = this.#texts.get(formatter)
    if (texts === undefined) {
      texts = this.#messages.flatMap(message => syslogTexts(message, formatter))
      this.#texts.set(formatter, texts)
    }
    return texts
  }
}

interface Item { readonly time: string, readonly messages: readonly SyslogMessage[] }

/** No message is made of the header of a file. */
function ofLine(world: World, node: string, line: StoredLine): Item {
  return { time: line.time, messages: line.header === true ? [] : [lineMessage(world, node, line)] }
}

function lineMessage(world: World, node: string, line: LogLine): SyslogMessage {
  return {
    facility: facilityOf(line), severity: severityOf(line), time: line.time, hostName: hostNameOf(world, node),
    process: processOf(line), pid: line.pid, text: messageOf(line),
  }
}

function ofEvent(world: World, node: string, event: StoredEvent): Item {
  const { eventTypeId, severity } = event as { eventTypeId?: string, severity?: string }
  // The API leaves a fraction of zero away, syslog does not.
  const time = new Date(event.createdTime).toISOString()
  const head = {
    facility: EVENT_FACILITY, severity: EVENT_SEVERITY, time, hostName: hostNameOf(world, node),
    process: 'vpxd', pid: pidOf(world, node, 'vpxd'),
  }
  const texts = eventTexts({
    key: event.key, createdTime: time, type: `vim.event.${event._typeName}`,
    severity: severity ?? patternOf(event._typeName, eventTypeId).category,
    userName: event.userName, target: event.datacenter?.name ?? '', chainId: event.chainId,
    text: event.fullFormattedMessage ?? '',
  })
  return { time, messages: texts.map(text => ({ ...head, text })) }
}

function hostNameOf(world: World, node: string): string {
  return world.get<{ hostName: string }>(LAB, node)?.props.hostName ?? node
}
