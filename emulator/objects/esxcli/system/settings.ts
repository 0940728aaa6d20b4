import { HOST_OPTIONS, optionNumber } from '../../../physics/options.js'
import type { IntOption, OptionDef, OptionManagerProps, OptionValue, StringOption } from '../../../schema/generated/types.js'
import { optionManager } from '../../option-manager.js'
import { action, cliFault, may, namespace, need, rows } from '../define.js'
import { through } from '../host-call.js'
import type { ChangeSeat, Namespace, Seat } from '../model.js'

/** esxcli system settings (operations.md 2.1). The same options as OptionManager shows: `Net.UseHwTSO` is `/Net/UseHwTSO`. */

/** Groups that belong to programs other than the VMkernel; their options have no path. */
const programs = new Set(['Config', 'RdmFilter', 'ScratchConfig', 'Syslog', 'VMkernel', 'Vpx'])

const KERNEL = 'VMkernel.Boot.'

interface Setting {
  readonly key: string
  readonly def: OptionDef
  readonly value: unknown
}

const advanced = namespace('system.settings.advanced', 'Advanced options of the VMkernel.', {
  list: rows('SettingsAdvancedOption', {
    Path: 'string', Type: 'string', 'Int Value': 'long', 'Default Int Value': 'long', 'Min Value': 'long', 'Max Value': 'long',
    'String Value': 'string', 'Default String Value': 'string', 'Valid Characters': 'string', Description: 'string',
    'Host Specific': 'boolean', Impact: 'string',
  }, {
    help: 'Show advanced options with their values, defaults and ranges.',
    params: {
      delta: may.flag('-d', 'Show only options that differ from their defaults.'),
      option: may.text('-o', 'Path of one option: /Net/UseHwTSO.'),
      tree: may.text('-t', 'Show only options below a path: /Net.'),
    },
    table: false,
    since: { 'Host Specific': '8.0.0', Impact: '8.0.0' },
    run: (seat, { delta, option, tree }) => {
      const all = settingsOf(seat).filter(({ key }) => !programs.has(key.split('.')[0]!)).map(advancedRow)
      const asked = all.filter(({ Path }) => (option === undefined || Path === option)
        && (tree === undefined || Path === tree || Path.startsWith(tree.endsWith('/') ? tree : `${tree}/`)))
      if ((option !== undefined || tree !== undefined) && asked.length === 0) throw cliFault(NOT_FOUND)
      return delta === true
        ? asked.filter(row => row['Int Value'] !== row['Default Int Value'] || row['String Value'] !== row['Default String Value'])
        : asked
    },
  }),
  set: action({
    help: 'Change the value of an advanced option.',
    params: {
      default: may.flag('-d', 'Give the option its default value.'),
      'int-value': may.number('-i', 'The value of an option that is a number.'),
      option: need.text('-o', 'Path of the option: /Net/UseHwTSO.'),
      'string-value': may.text('-s', 'The value of an option that is a text.'),
    },
    run: (seat, { default: reset, 'int-value': number, option, 'string-value': text }) => {
      const key = keyOf(option)
      const setting = settingsOf(seat).find(each => each.key === key && !programs.has(key.split('.')[0]!))
      if (setting === undefined) throw cliFault(NOT_FOUND)
      const numeric = isNumeric(setting)
      const given = numeric ? number : text
      if (reset !== true && given === undefined) {
        throw cliFault(numeric ? 'This option is an integer: an int-value is needed.'
          : 'This option is a string: a string-value is needed.')
      }
      setOption(seat, key, reset === true ? defaultOf(setting.def) : given!)
    },
  }),
})

const kernel = namespace('system.settings.kernel', 'Options that the VMkernel starts with.', {
  list: rows('KernelSetting', { Name: 'string', Type: 'string', Configured: 'string', Default: 'string', Description: 'string' }, {
    help: 'Show options of the VMkernel, as configured for its next start.',
    params: { option: may.text('-o', 'Name of one option.') },
    run: (seat, { option }) => {
      const found = settingsOf(seat).filter(({ key }) => key.startsWith(KERNEL) && (option === undefined || key === `${KERNEL}${option}`))
      if (option !== undefined && found.length === 0) throw cliFault(NOT_FOUND)
      return found.map(each => ({
        Name: each.key.slice(KERNEL.length), Type: isNumeric(each) ? 'uint32' : 'Bool', Configured: plain(each.value),
        Default: plain(defaultOf(each.def)), Description: each.def.summary,
      }))
    },
  }),
  set: action({
    help: 'Change an option of the VMkernel for its next start.',
    params: { setting: need.text('-s', 'Name of the option.'), value: need.text('-v', 'Its value.') },
    run: (seat, { setting, value }) => {
      const found = settingsOf(seat).find(({ key }) => key === `${KERNEL}${setting}`)
      if (found === undefined) throw cliFault(NOT_FOUND)
      const truth = value.toLowerCase()
      if (isNumeric(found) ? !/^\d{1,10}$/.test(value) : truth !== 'true' && truth !== 'false') {
        throw cliFault('Invalid data constraint for parameter \'value\'.')
      }
      setOption(seat, found.key, isNumeric(found) ? Number(value) : truth === 'true')
    },
  }),
})

export const systemSettings: readonly Namespace[] = [advanced, kernel]

const NOT_FOUND = 'Unable to find option'

/** Changes an option as a client of the host's OptionManager does. */
export function setOption(seat: ChangeSeat, key: string, value: string | number | boolean): void {
  through(seat, optionManager, HOST_OPTIONS, 'OptionManager', 'UpdateOptions', {
    changedValue: [{ key, value: typeof value === 'number' ? { _typeName: 'long', _value: value } : value } as OptionValue],
  })
}

function settingsOf({ reader, host }: Seat): Setting[] {
  const { setting = [], supportedOption = [] } = reader.get<OptionManagerProps>(host.name, HOST_OPTIONS)!.props
  const defs = new Map(supportedOption.map(def => [def.key, def]))
  return setting.flatMap(({ key, value }) => {
    const def = defs.get(key)
    return def === undefined ? [] : [{ key, def, value }]
  })
}

function advancedRow(setting: Setting) {
  const { key, def, value } = setting
  const numeric = isNumeric(setting)
  const { min, max } = def.optionType as IntOption
  const text = numeric ? undefined : plain(value)
  return {
    Path: `/${key.replaceAll('.', '/')}`, Type: numeric ? 'integer' : 'string',
    'Int Value': numeric ? optionNumber(value) : undefined, 'Default Int Value': numeric ? Number(defaultOf(def)) : undefined,
    'Min Value': numeric ? min : undefined, 'Max Value': numeric ? max : undefined,
    'String Value': text, 'Default String Value': numeric ? undefined : plain(defaultOf(def)),
    'Valid Characters': numeric ? undefined : (def.optionType as StringOption).validCharacters ?? '*',
    Description: def.summary, 'Host Specific': false, Impact: 'none',
  }
}

/** `/Net/UseHwTSO` is the option `Net.UseHwTSO`. */
function keyOf(path: string): string {
  return path.replace(/^\//, '').replaceAll('/', '.')
}

function isNumeric({ def }: Setting): boolean {
  return ['LongOption', 'IntOption', 'FloatOption'].includes(typeOf(def))
}

function defaultOf({ optionType }: OptionDef): string | number | boolean {
  const { defaultValue, choiceInfo, defaultIndex } = optionType as unknown as {
    defaultValue?: string | number | boolean, choiceInfo?: readonly { readonly key: string }[], defaultIndex?: number
  }
  return defaultValue ?? choiceInfo?.[defaultIndex ?? 0]?.key ?? ''
}

function typeOf({ optionType }: OptionDef): string {
  return (optionType as { _typeName?: string })._typeName ?? ''
}

function plain(value: unknown): string {
  return String((value as { _value?: unknown } | undefined)?._value ?? value)
}
