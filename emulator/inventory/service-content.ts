import type {
  AboutInfo, Capability, LicenseManagerProps, PerfInterval, Props, ServiceContent, ServiceInstanceProps,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import { defaultExtensions, simulatorExtension } from '../services/extensions.js'
import { EVALUATION_HOURS, EVALUATION_KEY } from '../services/licences.js'
import type { NodeInfo } from '../services/nodes.js'
import { wellKnown, wellKnownRef } from '../services/well-known.js'
import { alarmDescription, defaultAlarmExpressions } from './data/alarm-description.js'
import { hostOptionDefs, hostOptions } from './data/host-options.js'
import { perfDescription, scheduledTaskDescription } from './data/manager-descriptions.js'
import { vcenterOptionDefs, vcenterOptions } from './data/vcenter-options.js'
import { emptyList } from '../physics/frozen.js'
import { deepFreeze } from '../world/freeze.js'
import { hostAbout } from './host-config.js'

/** One record of a node's services. */
export interface ServiceRecord {
  readonly type: string
  readonly id: string
  readonly props: object
}

/** `about` of a node (protocols.md 2.5). */
export function aboutOf(node: NodeInfo): AboutInfo {
  if (node.kind === 'esxi') return hostAbout(node.product)
  const { version, build, apiVersion, patchLevel } = node.product
  return deepFreeze({
    name: 'VMware vCenter Server',
    fullName: `VMware vCenter Server ${version} build-${build}`,
    vendor: 'VMware, Inc.',
    version,
    patchLevel,
    build,
    localeVersion: 'INTL',
    localeBuild: '000',
    osType: 'linux-x64',
    productLineId: 'vpx',
    apiType: 'VirtualCenter',
    apiVersion,
    instanceUuid: node.uuid,
    licenseProductName: 'VMware VirtualCenter Server',
    licenseProductVersion: `${version.split('.')[0]!}.0`,
  })
}

/** ServiceContent of a node: every singleton of its kind. */
export function serviceContent(node: NodeInfo): ServiceContent {
  const content: Record<string, unknown> = { about: aboutOf(node) }
  for (const { field } of wellKnown) {
    const reference = wellKnownRef(field, node.kind)
    if (reference !== undefined) content[field] = Object.freeze(reference)
  }
  return Object.freeze(content) as unknown as ServiceContent
}

const capability: Readonly<Record<NodeInfo['kind'], Capability>> = deepFreeze({
  vcenter: {
    provisioningSupported: true, multiHostSupported: true, userShellAccessSupported: false, supportedEVCMode: [],
    supportedEVCGraphicsMode: [], networkBackupAndRestoreSupported: true, ftDrsWithoutEvcSupported: true,
    hciWorkflowSupported: true, computePolicyVersion: 2, clusterPlacementSupported: true,
    lifecycleManagementSupported: true, hostSeedingSupported: true, scalableSharesSupported: true,
    hadcsSupported: true, configMgmtSupported: true,
  },
  esxi: {
    provisioningSupported: true, multiHostSupported: false, userShellAccessSupported: true, supportedEVCMode: [],
    networkBackupAndRestoreSupported: false, ftDrsWithoutEvcSupported: true,
  },
})

/** Properties of the ServiceInstance; `serverClock` is what the clock says at each read. */
export function serviceInstanceProps(node: NodeInfo, now: string): ServiceInstanceProps {
  return Object.freeze({ serverClock: now, capability: capability[node.kind], content: serviceContent(node) })
}

/**
 * The records of the services of a node, but for the root folder, the AuthorizationManager and the
 * managers of a host, which others make.
 */
export function serviceRecords(node: NodeInfo, now: string): ServiceRecord[] {
  const records: ServiceRecord[] = [
    { type: 'ServiceInstance', id: 'ServiceInstance', props: serviceInstanceProps(node, now) },
  ]
  for (const { field } of wellKnown) {
    const reference = wellKnownRef(field, node.kind)
    if (reference === undefined || made.has(field)) continue
    records.push({ type: reference.type, id: reference.value, props: propsOf(field, node, now) })
  }
  for (const { type, value } of Object.values(guestManagers(node))) records.push({ type, id: value, props: nothing })
  if (node.kind === 'vcenter') {
    records.push({ type: 'LicenseAssignmentManager', id: 'LicenseAssignmentManager', props: nothing })
  }
  return records
}

/** Made elsewhere; `accountManager` and `licenseManager` of a host are singletons here as well. */
const made: ReadonlySet<string> = new Set(['rootFolder', 'authorizationManager'])
const nothing = deepFreeze({})

function propsOf(field: string, node: NodeInfo, now: string): object {
  const make = makers[field]
  return make === undefined ? nothing : Object.freeze(make(node, now))
}

type Maker = (node: NodeInfo, now: string) => object

const locales = deepFreeze(['en', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'zh_CN', 'zh_TW'])

const makers: Readonly<Record<string, Maker>> = {
  propertyCollector: (): Props<'PropertyCollector'> => ({ filter: emptyList }),
  viewManager: (): Props<'ViewManager'> => ({ viewList: emptyList }),
  setting: (node): Props<'OptionManager'> => node.kind === 'vcenter'
    ? { supportedOption: vcenterOptionDefs, setting: vcenterOptions(node.hostName, node.address) }
    : { supportedOption: hostOptionDefs, setting: hostOptions },
  userDirectory: (node): Props<'UserDirectory'> => ({ domainList: node.kind === 'vcenter' ? ssoDomains : emptyList }),
  sessionManager: (): Props<'SessionManager'> => ({
    sessionList: emptyList, message: '', messageLocaleList: locales, supportedLocaleList: locales, defaultLocale: 'en',
  }),
  serviceManager: (): Props<'ServiceManager'> => ({ service: emptyList }),
  perfManager: (node): object => ({
    description: perfDescription, historicalInterval: node.kind === 'vcenter' ? vcenterIntervals : hostIntervals,
  }),
  scheduledTaskManager: (): Props<'ScheduledTaskManager'> =>
    ({ scheduledTask: emptyList, description: scheduledTaskDescription }),
  alarmManager: (): Props<'AlarmManager'> =>
    ({ defaultExpression: defaultAlarmExpressions, description: alarmDescription }),
  eventManager: (node): object => ({ maxCollector: node.kind === 'vcenter' ? 1000 : 1024 }),
  taskManager: (node): object => ({ recentTask: emptyList, maxCollector: node.kind === 'vcenter' ? 1000 : 1024 }),
  extensionManager: (node, now): Props<'ExtensionManager'> =>
    ({ extensionList: deepFreeze([...defaultExtensions(node.product, now), simulatorExtension(now)]) }),
  customizationSpecManager: (): Props<'CustomizationSpecManager'> => ({ info: emptyList, encryptionKey: emptyList }),
  customFieldsManager: (): Props<'CustomFieldsManager'> => ({ field: emptyList }),
  licenseManager: (node): LicenseManagerProps => licenseProps(node),
  snmpSystem: (): Props<'HostSnmpSystem'> => snmp,
  ovfManager: (): Props<'OvfManager'> => ({ ovfImportOption: emptyList, ovfExportOption: emptyList }),
  hostProfileManager: (): Props<'HostProfileManager'> => ({ profile: emptyList }),
  clusterProfileManager: (): Props<'ClusterProfileManager'> => ({ profile: emptyList }),
  localizationManager: (): Props<'LocalizationManager'> => ({ catalog: emptyList }),
  guestOperationsManager: (node): Props<'GuestOperationsManager'> => guestManagers(node),
  cryptoManager: (node): object => node.kind === 'vcenter' ? { enabled: true, kmipServers: emptyList } : { enabled: false },
  failoverClusterConfigurator: (): Props<'FailoverClusterConfigurator'> => ({ disabledConfigureMethod: emptyList }),
  failoverClusterManager: (): Props<'FailoverClusterManager'> => ({ disabledClusterMethod: emptyList }),
}

const ssoDomains = deepFreeze(['vsphere.local', 'localos'])

type GuestManager = 'authManager' | 'fileManager' | 'processManager' | 'guestWindowsRegistryManager' | 'aliasManager'

function guestManagers(node: NodeInfo): Record<GuestManager, MoRef> {
  const vcenter = node.kind === 'vcenter'
  const id = (vc: string, ha: string): string => vcenter ? `guestOperations${vc}` : `ha-guest-operations-${ha}`
  return deepFreeze({
    authManager: { type: 'GuestAuthManager', value: id('AuthManager', 'auth-manager') },
    fileManager: { type: 'GuestFileManager', value: id('FileManager', 'file-manager') },
    processManager: { type: 'GuestProcessManager', value: id('ProcessManager', 'process-manager') },
    guestWindowsRegistryManager: {
      type: 'GuestWindowsRegistryManager', value: id('WindowsRegistryManager', 'windows-registry-manager'),
    },
    aliasManager: { type: 'GuestAliasManager', value: id('AliasManager', 'alias-manager') },
  })
}

function interval(key: number, samplingPeriod: number, name: string, length: number): PerfInterval {
  return { key, samplingPeriod, name, length, level: 1, enabled: true }
}

const vcenterIntervals: PerfInterval[] = deepFreeze([
  interval(1, 300, 'Past day', 86400), interval(2, 1800, 'Past week', 604800),
  interval(3, 7200, 'Past month', 2592000), interval(4, 86400, 'Past year', 31536000),
])
const hostIntervals: PerfInterval[] = deepFreeze([interval(1, 300, 'PastDay', 129600)])

const snmp: Props<'HostSnmpSystem'> = deepFreeze({
  configuration: {
    enabled: true, port: 161, readOnlyCommunities: ['public'], trapTargets: [], option: [],
  },
  limits: {
    maxReadOnlyCommunities: 1, maxTrapDestinations: 4, maxCommunityLength: 255, maxBufferSize: 65535,
    capability: 'CONFIGURATION',
  },
})

function licenseProps(node: NodeInfo): LicenseManagerProps {
  const vcenter = node.kind === 'vcenter'
  const properties = deepFreeze([
    { key: 'ProductName', value: vcenter ? 'VMware VirtualCenter Server' : 'VMware ESX Server' },
    { key: 'ProductVersion', value: `${node.product.version.split('.')[0]!}.0` },
    { key: 'expirationHours', value: { _typeName: 'long', _value: EVALUATION_HOURS } },
    { key: 'expirationMinutes', value: { _typeName: 'long', _value: 0 } },
  ])
  const props: LicenseManagerProps = {
    source: evaluationSource,
    sourceAvailable: true,
    licensedEdition: 'eval',
    licenses: deepFreeze([{
      licenseKey: EVALUATION_KEY, editionKey: 'eval', name: 'Product Evaluation', total: 0, used: 0,
      costUnit: '', properties: [...properties], labels: [],
    }]),
    featureInfo: emptyList,
    evaluation: deepFreeze({ properties: [...properties] }),
  }
  if (vcenter) props.licenseAssignmentManager = assignmentManager
  return props
}

const assignmentManager = deepFreeze({ type: 'LicenseAssignmentManager', value: 'LicenseAssignmentManager' })
const evaluationSource = deepFreeze({ _typeName: 'EvaluationLicenseSource', remainingHours: EVALUATION_HOURS })
