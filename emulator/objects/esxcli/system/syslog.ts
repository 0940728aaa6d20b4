import { filesOf, programs, type ProgramName } from '../../../physics/logs/programs.js'
import { rotateCount, sizeLimit } from '../../../physics/logs/rotation.js'
import { HOST_OPTIONS, optionNumber, optionsOf } from '../../../physics/options.js'
import { LOG_HOST } from '../../../physics/syslog/settings.js'
import { diagnosticManager } from '../../diagnostic-manager.js'
import { action, cliFault, may, namespace, need, object, rows } from '../define.js'
import { requireOnHost, through } from '../host-call.js'
import type { Namespace, Seat } from '../model.js'
import { setOption } from './settings.js'

/** esxcli system syslog (operations.md 2.1 and 3.4): the options `Syslog.*`, in words. */

const GLOBAL = 'Syslog.global.'
const DIRECTORY = `${GLOBAL}logDir`
/** The directory of the logs where nobody has said another one. */
const USUAL_DIRECTORY = '[] /scratch/log'
/** Messages that no log host got: so many files of so many KiB are kept (operations.md 3.4). */
const DROPPED = { files: 10, kib: 100 } as const

const rotate = [1, 100] as const
const size = [1, 10240] as const

const syslog = namespace('system.syslog', 'The syslog daemon of the host.', {
  mark: action({
    help: 'Write a line of one\'s own into the logs.',
    params: { message: need.text('-s', 'What the line says.') },
    run: (seat, { message }) => {
      through(seat, diagnosticManager, 'ha-diagnosticmgr', 'DiagnosticManager', 'EmitSyslogMark', { message })
    },
  }),
  reload: action({
    help: 'Let the daemon read its configuration again.',
    // The daemon follows its options as they change: nothing is left to read.
    run: seat => requireOnHost(seat, HOST_OPTIONS, 'Host.Config.AdvancedConfig'),
  }),
})

const config = namespace('system.syslog.config', 'Configuration of the syslog daemon.', {
  get: object('SyslogConfiguration', {
    'Check Certificate Revocation': 'boolean', 'Dropped Log File Rotation Size': 'long', 'Dropped Log File Rotations': 'long',
    'Enforce SSLCertificates': 'boolean', 'Local Log Output': 'string', 'Local Log Output Is Configured': 'boolean',
    'Local Logging Default Rotation Size': 'long', 'Local Logging Default Rotations': 'long', 'Log Level': 'string',
    'Log To Unique Subdirectory': 'boolean', 'Message Queue Drop Mark': 'long', 'Remote Host': 'string',
    'Remote Host Connect Retry Delay': 'long', 'Remote Host Maximum Message Length': 'long', 'Strict X509Compliance': 'boolean',
  }, {
    help: 'Show where logs and messages go.',
    run: seat => {
      const { text, number, truth } = optionsAt(seat)
      return {
        'Check Certificate Revocation': truth('certificate.checkCRL'),
        'Dropped Log File Rotation Size': DROPPED.kib, 'Dropped Log File Rotations': DROPPED.files,
        'Enforce SSLCertificates': truth('certificate.checkSSLCerts'),
        'Local Log Output': text('logDir').replace(/^\[\] /, ''),
        'Local Log Output Is Configured': text('logDir') !== USUAL_DIRECTORY,
        'Local Logging Default Rotation Size': number('defaultSize'), 'Local Logging Default Rotations': number('defaultRotate'),
        'Log Level': text('logLevel'), 'Log To Unique Subdirectory': truth('logDirUnique'),
        'Message Queue Drop Mark': number('msgQueueDropMark'), 'Remote Host': text('logHost') === '' ? '<none>' : text('logHost'),
        'Remote Host Connect Retry Delay': number('remoteHost.connectRetryDelay'),
        'Remote Host Maximum Message Length': number('remoteHost.maxMsgLen'),
        'Strict X509Compliance': truth('certificate.strictX509Compliance'),
      }
    },
  }),
  set: action({
    help: 'Change where logs and messages go.',
    params: {
      'check-ssl-certs': may.truth(undefined, 'Whether certificates of log hosts are checked.'),
      'crl-check': may.truth(undefined, 'Whether certificates are looked up in revocation lists.'),
      'default-rotate': may.number(undefined, 'How many old files of a log are kept.', { range: rotate }),
      'default-size': may.number(undefined, 'KiB at which a log is rotated.', { range: size }),
      logdir: may.text(undefined, 'The directory of the logs.'),
      'logdir-unique': may.truth(undefined, 'Whether the host has a directory of its own there.'),
      loghost: may.text(undefined, 'Log hosts: udp://HOST:514, tcp:// or ssl://, apart by commas.'),
      'log-level': may.text(undefined, 'Level of the daemon\'s own messages.', { among: ['error', 'warning', 'info', 'debug'] }),
      'remote-host-connect-retry-delay': may.number(undefined, 'Seconds after which a log host is tried again.', { range: [1, 86400] }),
      'remote-host-max-msg-len': may.number(undefined, 'Most bytes of a message.', { range: [480, 16384] }),
      'x509-strict': may.truth(undefined, 'Whether certificates must keep to X.509 to the letter.'),
    },
    run: (seat, given) => {
      const changes = Object.entries(given).flatMap(([option, value]) => value === undefined ? [] : [[options[option]!, value] as const])
      if (changes.length === 0) throw cliFault('Must specify at least one option.')
      for (const [key, value] of changes) setOption(seat, key, key === DIRECTORY ? withVolume(String(value)) : value)
    },
  }),
})

/** Options of the command, and those of the host that they change. */
const options: Readonly<Record<string, string>> = {
  'check-ssl-certs': `${GLOBAL}certificate.checkSSLCerts`, 'crl-check': `${GLOBAL}certificate.checkCRL`,
  'default-rotate': `${GLOBAL}defaultRotate`, 'default-size': `${GLOBAL}defaultSize`, logdir: DIRECTORY,
  'logdir-unique': `${GLOBAL}logDirUnique`, loghost: LOG_HOST, 'log-level': `${GLOBAL}logLevel`,
  'remote-host-connect-retry-delay': `${GLOBAL}remoteHost.connectRetryDelay`,
  'remote-host-max-msg-len': `${GLOBAL}remoteHost.maxMsgLen`, 'x509-strict': `${GLOBAL}certificate.strictX509Compliance`,
}

const logger = namespace('system.syslog.config.logger', 'Logs of single programs.', {
  list: rows('LoggerConfiguration', { Description: 'string', Destination: 'string', ID: 'string', Rotate: 'long', Size: 'long' }, {
    help: 'Show the logs of the host, with how they are rotated.',
    table: false, hints: { 'header:LoggerConfiguration': '%ID%', 'show-header': 'true' },
    run: seat => loggers(seat).map(([id, name]) => ({
      ID: id, Description: `Log of ${name}`, Destination: `${id}.log`,
      Rotate: rotateCount(seat.reader, seat.host.name, name), Size: sizeLimit(seat.reader, seat.host.name, name) / 1024,
    })),
  }),
  set: action({
    help: 'Change how a log is rotated.',
    params: {
      id: need.text(undefined, 'Name of the log.'),
      rotate: may.number(undefined, 'How many old files are kept.', { range: rotate }),
      size: may.number(undefined, 'KiB at which it is rotated.', { range: size }),
    },
    run: (seat, { id, rotate: count, size: kib }) => {
      if (!loggers(seat).some(([known]) => known === id)) throw cliFault(`Unknown logger: ${id}`)
      if (count === undefined && kib === undefined) throw cliFault('Must specify rotate or size.')
      if (count !== undefined) setOption(seat, `Syslog.loggers.${id}.rotate`, count)
      if (kib !== undefined) setOption(seat, `Syslog.loggers.${id}.size`, kib)
    },
  }),
})

export const systemSyslog: readonly Namespace[] = [syslog, config, logger]

/** Files of the host's logs with a program that writes into them. */
function loggers({ host }: Seat): [string, ProgramName][] {
  const names = Object.keys(programs) as ProgramName[]
  return filesOf('esxi', Number(host.product.version.split('.')[0])).map(file =>
    [file, names.find(name => programs[name].kind === 'esxi' && programs[name].file === file)!])
}

/** A directory is written with its volume: `[datastore1] logs`; one without a volume begins with `[]`. */
function withVolume(directory: string): string {
  return directory.startsWith('[') ? directory : `[] ${directory}`
}

function optionsAt({ reader, host }: Seat) {
  const all = optionsOf(reader, host.name, HOST_OPTIONS)
  return {
    text: (key: string): string => String(all.get(GLOBAL + key) ?? ''),
    number: (key: string): number | undefined => optionNumber(all.get(GLOBAL + key)),
    truth: (key: string): boolean => all.get(GLOBAL + key) === true,
  }
}
