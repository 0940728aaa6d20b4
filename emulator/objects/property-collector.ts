/** PropertyCollector: bulk reads, filters, updates (protocols.md 3). */
import { objectContents } from '../schema/bulk.js'
import type {
  PropertyCollectorMethods, RetrieveOptions, WaitOptions,
} from '../schema/generated/types.js'
import type { MoRef } from '../schema/model.js'
import type { Later, Query } from '../services/call.js'
import { refOf } from '../services/refs.js'
import { fault, invalidArgument } from '../services/method-fault.js'
import {
  DEFAULT_OBJECT_UPDATES, type Collector,
} from '../services/property-collector/collector.js'
import { retrieve } from '../services/property-collector/retrieve.js'
import { Scene } from '../services/property-collector/scene.js'
import { isSessionObject } from '../services/session-objects.js'
import type { Session } from '../services/sessions.js'
import { defineManagedObject, query, type Definition } from './define.js'

type Args<M extends keyof PropertyCollectorMethods> = PropertyCollectorMethods[M]['args']

export const propertyCollector: Definition = defineManagedObject('PropertyCollector', {
  virtual: {
    filter: ({ services, session }, self) => session === undefined ? []
      : [...services.collectors.collector(session, self).filters].map(({ slot }) => refOf(slot)),
  },
  methods: {
    RetrieveProperties: query<Args<'RetrieveProperties'>>((call, { specSet = [] }) =>
      objectContents({ shape: 'list', items: retrieve(sceneOf(call), specSet, call.version) })),
    RetrievePropertiesEx: query(retrievePropertiesEx),
    ContinueRetrievePropertiesEx: query<Args<'ContinueRetrievePropertiesEx'>>((call, { token }) =>
      objectContents({ shape: 'RetrieveResult', ...collectorOf(call).pages.next(token) })),
    CancelRetrievePropertiesEx: query<Args<'CancelRetrievePropertiesEx'>>((call, { token }) =>
      collectorOf(call).pages.cancel(token)),
    CreateFilter: query(createFilter),
    CheckForUpdates: query<Args<'CheckForUpdates'>>((call, { version = '' }) =>
      collectorOf(call).next(version)),
    WaitForUpdates: query<Args<'WaitForUpdates'>>((call, { version = '' }) =>
      collectorOf(call).next(version) ?? park(call, version, undefined, undefined)),
    WaitForUpdatesEx: query(waitForUpdatesEx),
    CancelWaitForUpdates: query(call => collectorOf(call).failWaits('RequestCanceled')),
    CreatePropertyCollector: query(createPropertyCollector),
    DestroyPropertyCollector: query(destroyPropertyCollector),
  },
})

export const propertyFilter: Definition = defineManagedObject('PropertyFilter', {
  methods: {
    DestroyPropertyFilter: query(({ services, self }) => {
      if (isSessionObject(self)) services.sessionObjects.destroy(self)
    }),
  },
})

function sceneOf({ services, node, session }: Query): Scene {
  return new Scene(services, node, session)
}

function sessionOf({ session, self }: Query): Session {
  if (session === undefined) {
    throw fault('NotAuthenticated', { object: refOf(self), privilegeId: 'System.View' })
  }
  return session
}

function collectorOf(call: Query): Collector {
  return call.services.collectors.collector(sessionOf(call), call.self)
}

function retrievePropertiesEx(
  call: Query, { specSet = [], options }: Args<'RetrievePropertiesEx'>,
): unknown {
  const size = pageSize(options)
  const items = retrieve(sceneOf(call), specSet, call.version)
  if (items.length === 0) return undefined
  const page = size === undefined || call.session === undefined ? { items }
    : collectorOf(call).pages.first(items, size)
  return objectContents({ shape: 'RetrieveResult', ...page })
}

/** The client's page size; 0 or absent: everything in one page. */
function pageSize(options: RetrieveOptions | undefined): number | undefined {
  const { maxObjects = 0 } = options ?? {}
  if (maxObjects < 0) throw invalidArgument('options.maxObjects')
  return maxObjects === 0 ? undefined : maxObjects
}

function createFilter(call: Query, { spec, partialUpdates }: Args<'CreateFilter'>): MoRef {
  const request = { spec, partialUpdates, version: call.version }
  const { services, node, self } = call
  return refOf(services.collectors.createFilter(node, sessionOf(call), self, request))
}

function waitForUpdatesEx(
  call: Query, { version = '', options = {} }: { version?: string, options?: WaitOptions },
): unknown {
  const { maxWaitSeconds, maxObjectUpdates = 0 } = options
  if ((maxWaitSeconds ?? 0) < 0) throw invalidArgument('options.maxWaitSeconds')
  if (maxObjectUpdates < 0) throw invalidArgument('options.maxObjectUpdates')
  const limit = maxObjectUpdates === 0 ? DEFAULT_OBJECT_UPDATES : maxObjectUpdates
  const found = collectorOf(call).next(version, limit)
  if (found !== undefined || maxWaitSeconds === 0) return found
  return park(call, version, limit, maxWaitSeconds)
}

/** A session does not grow idle while one of its calls waits (protocols.md 4.3). */
function park(
  call: Query, version: string, limit: number | undefined, maxSeconds: number | undefined,
): Later {
  const { key } = sessionOf(call)
  return collectorOf(call).wait(version, limit, maxSeconds, () => call.services.sessions.hold(key))
}

function createPropertyCollector(call: Query): MoRef {
  const { sessionObjects } = call.services
  return refOf(sessionObjects.create(sessionOf(call), 'PropertyCollector', { props: {} }))
}

/** The session's own collector ends with the session only. */
function destroyPropertyCollector({ services, self }: Query): void {
  if (!isSessionObject(self)) throw fault('NotSupported')
  services.sessionObjects.destroy(self)
}
