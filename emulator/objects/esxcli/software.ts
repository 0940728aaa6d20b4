import { ACCEPTANCE_LEVEL, vibsOf, type Vib } from '../../inventory/data/vibs.js'
import { chassis } from '../../physics/hardware/chassis.js'
import { firewallOf } from '../../physics/network/firewall.js'
import { nodeInfo, type Product } from '../../services/nodes.js'
import { cliFault, may, namespace, object, rows, scalar } from './define.js'
import { hostConfig } from './host-props.js'
import type { Namespace, Seat } from './model.js'

/** esxcli software (operations.md 2.1): the image that the host runs. */

const rebooting = {
  'rebooting-image': may.flag(undefined, 'Show the image of the next boot: the present one, as long as nothing is installed.'),
} as const

export const software: readonly Namespace[] = [
  namespace('software.vib', 'Packages of the host\'s image.', {
    list: rows('VIBSummaryExt', {
      Name: 'string', Version: 'string', Vendor: 'string', 'Acceptance Level': 'string', Platforms: 'string[]',
    }, {
      help: 'Show the packages.', params: rebooting, since: { Platforms: '8.0.0' },
      hints: { 'header:VIBSummaryExt': '%ID%', 'show-header': 'true', 'table-columns': 'Name,Version,Vendor,Acceptance Level,Platforms' },
      run: seat => installed(seat).map(vib => ({
        Name: vib.name, Version: vib.version, Vendor: vib.vendor, 'Acceptance Level': vib.acceptance, Platforms: platforms,
      })),
    }),
    get: rows('VIBExt', {
      Name: 'string', Version: 'string', Type: 'string', Vendor: 'string', 'Acceptance Level': 'string', Summary: 'string',
      Payloads: 'string[]', Platforms: 'string[]', ID: 'string',
    }, {
      help: 'Show packages in full.', table: false, since: { Platforms: '8.0.0' }, hints: { 'header:VIBExt': '%ID%' },
      params: { ...rebooting, vibname: may.list('-n', 'Name of a package, or its ID; more than one may be given.') },
      run: (seat, { vibname: names = [] }) => {
        const all = installed(seat)
        for (const name of names) if (!all.some(vib => isNamed(vib, name))) throw cliFault('[NoMatchError]', `id=${name}`)
        return all.filter(vib => names.length === 0 || names.some(name => isNamed(vib, name))).map(vib => ({
          Name: vib.name, Version: vib.version, Type: 'bootbank', Vendor: vib.vendor, 'Acceptance Level': vib.acceptance,
          Summary: vib.summary, Payloads: [vib.name.slice(0, 8)], Platforms: platforms, ID: idOf(vib),
        }))
      },
    }),
  }),
  namespace('software.acceptance', 'Which packages the host takes.', {
    get: scalar('string', { help: 'Show the lowest level that a package may have.', run: () => ACCEPTANCE_LEVEL }),
  }),
  namespace('software.profile', 'The profile of the host\'s image.', {
    get: object('Profile', { Name: 'string', Vendor: 'string', 'Acceptance Level': 'string', VIBs: 'string[]' }, {
      help: 'Show the profile and its packages.', params: rebooting,
      run: seat => ({
        Name: profileName(seat.host.product), Vendor: hostConfig(seat).product.vendor, 'Acceptance Level': ACCEPTANCE_LEVEL,
        VIBs: installed(seat).map(vib => `${vib.name} ${vib.version}`),
      }),
    }),
  }),
]

const platforms = ['host'] as const

function installed(seat: Seat): readonly Vib[] {
  const { reader, host } = seat
  const manager = chassis(reader, host.name)?.managedBy
  // HA opens its ports on the host when it installs its agent there.
  const hasAgent = firewallOf(reader, host.name)?.ruleset?.some(({ key }) => key === 'fdm') === true
  const agent = hasAgent && manager !== undefined ? nodeInfo(reader, manager)?.product : undefined
  return vibsOf(host.product, hostConfig(seat), agent)
}

function isNamed(vib: Vib, name: string): boolean {
  return vib.name === name || idOf(vib) === name
}

function idOf({ name, version, vendor }: Vib): string {
  return `${vendor}_bootbank_${name}_${version}`
}

/** `ESXi-8.0U3-24022510-standard` of 8.0.3. */
function profileName({ version, build }: Product): string {
  const [major, minor, update] = version.split('.')
  return `ESXi-${major}.${minor}${update === undefined || update === '0' ? '' : `U${update}`}-${build}-standard`
}
