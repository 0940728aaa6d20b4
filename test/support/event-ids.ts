import type { Ref } from '../../clients/sdk/soap-xml.js'
import type { TestLab } from './test-lab.js'

/** Ids of the events that a node has posted, as its own EventManager tells them; those of a prefix. */
export async function eventIds(lab: TestLab, node: string, prefix = 'esx.'): Promise<string[]> {
  const client = await lab.client(node)
  const manager = (await client.content())['eventManager'] as Ref
  const events = await client.callAll(manager, 'QueryEvents', { filter: {} }) as Array<{ eventTypeId?: string }>
  return events.flatMap(({ eventTypeId: id }) => id?.startsWith(prefix) === true ? [id] : [])
}
