import { nodeNow } from '../../../physics/appliance/facts.js'
import { chassis } from '../../../physics/hardware/chassis.js'
import type { HostDnsConfig } from '../../../schema/generated/types.js'
import { hostNetworkSystem } from '../../host-network-system.js'
import { action, cliFault, may, namespace, object, scalar } from '../define.js'
import { through } from '../host-call.js'
import { hostConfig, hostProps, secondsText } from '../host-props.js'
import type { ChangeSeat, Namespace } from '../model.js'

/** What a host is and for how long: version, hostname, uuid, time, uptime, encryption (operations.md 2.1). */
export const systemAbout: readonly Namespace[] = [
  namespace('system.version', 'The version of the product.', {
    get: object('VersionGet', { Product: 'string', Version: 'string', Build: 'string', Update: 'string', Patch: 'string' }, {
      help: 'Show the version of the product that the host runs.',
      run: seat => {
        const { name, version, build, patchLevel } = hostConfig(seat).product
        return {
          Product: name, Version: version, Build: `Releasebuild-${build}`,
          Update: version.split('.')[2], Patch: patchLevel?.split('.')[1],
        }
      },
    }),
  }),
  namespace('system.hostname', 'The name of the host.', {
    get: object('FullyQualifiedHostName', {
      'Domain Name': 'string', 'Fully Qualified Domain Name': 'string', 'Host Name': 'string',
    }, {
      help: 'Show the host name, the domain, and both together.',
      run: seat => {
        const { hostName, domainName } = hostConfig(seat).network!.dnsConfig!
        return {
          'Domain Name': domainName, 'Host Name': hostName,
          'Fully Qualified Domain Name': domainName === '' ? hostName : `${hostName}.${domainName}`,
        }
      },
    }),
    set: action({
      help: 'Change the host name or the domain.',
      params: {
        domain: may.text('-d', 'The domain.'),
        fqdn: may.text('-f', 'Host name and domain in one; not together with the others.'),
        host: may.text('-H', 'The host name without domain.'),
      },
      run: (seat, { domain, fqdn, host }) => {
        const parts = host !== undefined || domain !== undefined
        if (fqdn !== undefined && parts) throw cliFault('Cannot set fqdn together with host or domain.')
        if (fqdn === undefined && !parts) throw cliFault('Must specify fqdn, host or domain.')
        const dot = fqdn?.indexOf('.') ?? -1
        const whole = fqdn === undefined || dot < 0 ? {} : { hostName: fqdn.slice(0, dot), domainName: fqdn.slice(dot + 1) }
        setDns(seat, {
          ...(fqdn !== undefined && dot < 0 ? { hostName: fqdn } : whole),
          ...(host === undefined ? {} : { hostName: host }), ...(domain === undefined ? {} : { domainName: domain }),
        })
      },
    }),
  }),
  namespace('system.uuid', 'The UUID of the host.', {
    get: scalar('string', { help: 'Show the UUID of the host.', run: seat => hostProps(seat).hardware!.systemInfo.uuid }),
  }),
  namespace('system.time', 'The clock of the host.', { get: clock('Show the time by the host\'s own clock, in UTC.') }),
  namespace('hardware.clock', 'The hardware clock of the host.', { get: clock('Show the time by the hardware clock, in UTC.') }),
  namespace('system.stats.uptime', 'How long the host has been up.', {
    get: scalar('long', {
      help: 'Show the microseconds since the host was started.',
      run: ({ reader, host }) => (reader.now() - (chassis(reader, host.name)?.bootTime ?? reader.now())) * 1000,
    }),
  }),
  namespace('system.settings.encryption', 'How the host seals its configuration.', {
    get: object('EncryptionSettings', {
      Mode: 'string', 'Require Executables Only From Installed VIBs': 'boolean', 'Require Secure Boot': 'boolean',
    }, {
      help: 'Show by what the configuration is sealed, and what is required at boot.',
      run: seat => {
        const state = hostProps(seat).runtime.stateEncryption
        return {
          Mode: state?.protectionMode.toUpperCase(), 'Require Secure Boot': state?.requireSecureBoot,
          'Require Executables Only From Installed VIBs': state?.requireExecInstalledOnly,
        }
      },
    }),
  }),
]

function clock(help: string) {
  return scalar('string', { help, run: ({ reader, host }) => secondsText(nodeNow(reader, host.name)) })
}

function setDns(seat: ChangeSeat, change: Partial<HostDnsConfig>): void {
  const config = { ...hostConfig(seat).network!.dnsConfig!, ...change }
  through(seat, hostNetworkSystem, 'networkSystem', 'HostNetworkSystem', 'UpdateDnsConfig', { config })
}
