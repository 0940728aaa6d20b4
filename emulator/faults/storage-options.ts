import { z } from 'zod'
import type { Reader } from '../world/records.js'
import { listSchema } from './options.js'
import { findNodes } from './target.js'

/** The option `hosts` of a storage fault: `all`, or names and globs of hosts. */
export const hostsSchema = z.union([z.literal('all'), listSchema]).default('all')

/** Hosts as the physics want them. @throws FaultError for a name that is no node */
export function hostList(reader: Reader, hosts: 'all' | readonly string[]): readonly string[] | '*' {
  if (hosts === 'all' || hosts.length === 0 || (hosts.length === 1 && hosts[0] === 'all')) return '*'
  return findNodes(reader, hosts)
}
