/** What every managed object answers: `Fetch` of one property (protocols.md 0, rule 13). */
import { fetchProperty } from '../services/property-collector/retrieve.js'
import { defineManagedObject, query, type Definition } from './define.js'

export const managedObject: Definition = defineManagedObject('ManagedObject', {
  methods: {
    Fetch: query<{ prop: string }>((call, { prop }) => fetchProperty(call, prop)),
  },
})
