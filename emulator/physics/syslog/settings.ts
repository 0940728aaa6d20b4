import type { Reader } from '../../world/records.js'
import { applianceOf } from '../appliance/state.js'
import { isHost } from '../hardware/chassis.js'
import { HOST_OPTIONS, optionNumber, optionsOf } from '../options.js'
import { parseLogHosts, LogHostError, type LogHost } from './log-hosts.js'
import type { ForwardSettings } from './state.js'
import { APPLIANCE_DROP_MARK, APPLIANCE_MESSAGE_BYTES, APPLIANCE_RETRY_MS } from './timing.js'

/** The option that names a host's log hosts. */
export const LOG_HOST = 'Syslog.global.logHost'

/** Where a node is told to send its messages, and how. */
export interface ForwardWish {
  readonly hosts: readonly LogHost[]
  readonly settings: ForwardSettings
}

/** What a host's advanced options, or an appliance's own settings, say. */
export function wishOf(reader: Reader, node: string): ForwardWish {
  return isHost(reader, node) ? hostWish(reader, node) : applianceWish(reader, node)
}

/** True while a vCenter gives its events to syslog (`vpxd.event.syslog.enabled`). */
export function forwardsEvents(reader: Reader, node: string): boolean {
  return optionsOf(reader, node, 'VpxSettings').get('vpxd.event.syslog.enabled') === true
}

function hostWish(reader: Reader, host: string): ForwardWish {
  const options = optionsOf(reader, host, HOST_OPTIONS)
  const number = (key: string, otherwise: number): number => optionNumber(options.get(`Syslog.global.${key}`)) ?? otherwise
  return {
    hosts: readable(String(options.get(LOG_HOST) ?? '')),
    settings: {
      retryMs: number('remoteHost.connectRetryDelay', 180) * 1000,
      dropMarkPercent: number('msgQueueDropMark', 90),
      messageBytes: number('remoteHost.maxMsgLen', 1024),
      checkCertificates: options.get('Syslog.global.certificate.checkSSLCerts') !== false
        && options.get('Syslog.global.logCheckSSLCerts') !== false,
      strictCertificates: options.get('Syslog.global.certificate.strictX509Compliance') === true,
    },
  }
}

/** Its API keeps at most three; its rsyslog writes RFC 5424 with a line feed behind each message. */
function applianceWish(reader: Reader, vcenter: string): ForwardWish {
  const forwarding = applianceOf(reader, vcenter)?.settings.logForwarding ?? []
  return {
    hosts: forwarding.map(({ hostname, port, protocol }): LogHost => ({
      host: hostname, port, protocol: protocol === 'TLS' ? 'ssl' : protocol === 'TCP' ? 'tcp' : 'udp',
      formatter: 'RFC_5424', framing: 'non_transparent',
    })),
    settings: {
      retryMs: APPLIANCE_RETRY_MS, dropMarkPercent: APPLIANCE_DROP_MARK,
      messageBytes: APPLIANCE_MESSAGE_BYTES, checkCertificates: true, strictCertificates: false,
    },
  }
}

/** Options are checked when they are set; what came another way (an image) and is wrong sends nothing. */
function readable(text: string): LogHost[] {
  try {
    return parseLogHosts(text)
  } catch (error) {
    if (error instanceof LogHostError) return []
    throw error
  }
}
