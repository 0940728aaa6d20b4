import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildLab } from '../../emulator/inventory/build.js'
import { checkLab } from '../../emulator/inventory/check-lab.js'
import { LabFileError } from '../../emulator/inventory/lab-error.js'
import { loadLab, parseLab } from '../../emulator/inventory/lab-file.js'
import { labJsonSchema, type LabFileInput } from '../../emulator/inventory/lab-schema.js'
import { namedLabs } from '../../emulator/inventory/named-labs.js'
import { World } from '../../emulator/world/world.js'

function problems(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof LabFileError) return error.problems
    throw error
  }
  return []
}

function building(lab: LabFileInput): readonly string[] {
  return problems(() => {
    const world = new World({ seed: '1', clock: { mode: 'manual' } })
    world.genesis(tx => buildLab(tx, checkLab(lab, 'test'), { seed: '1' }))
  })
}

const host = { name: 'esx-01' }

describe('lab file', () => {
  it.each(Object.keys(namedLabs))('says the same in scenarios/labs as the built-in lab › %s', name => {
    const file = new URL(`../../scenarios/labs/${name}.yaml`, import.meta.url)
    expect(parseLab(readFileSync(file, 'utf8'), name)).toEqual(loadLab(name))
  })

  it('has the published JSON Schema of the zod schema', () => {
    const file = new URL('../../scenarios/labs/lab.schema.json', import.meta.url)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(labJsonSchema())
  })

  it('takes sizes in words and fills in defaults', () => {
    const lab = checkLab({ lab: 'x', hosts: [{ name: 'a', memory: '64GiB' }], vms: [{ name: 'v' }] }, 'test')
    expect(lab.hosts[0]).toMatchObject({ memory: 64 * 2 ** 30, nics: 4, cpu: { sockets: 2, cores: 16, threads: 2, mhz: 2400 } })
    expect(lab.vms[0]).toMatchObject({ memory: 2 ** 30, disks: [10 * 2 ** 30], power: 'on', guest: 'debian12_64Guest' })
  })

  it('names the path of a wrong value', () => {
    expect(problems(() => checkLab({ lab: 'x', hosts: [host, { name: 'b', memory: 'lots' }] }, 'test')))
      .toEqual(['hosts[1].memory: a size is a number and a unit, such as 20GiB'])
  })

  it('refuses keys that it does not know', () => {
    expect(problems(() => checkLab({ lab: 'x', hosts: [{ ...host, ram: '1GiB' }] }, 'test'))[0])
      .toMatch(/^hosts\[0\]: .*ram/)
  })

  it('refuses text that is no YAML', () => {
    expect(problems(() => parseLab('lab: [', 'test'))).not.toEqual([])
  })

  it('says which labs there are when the name is unknown', () => {
    expect(problems(() => loadLab('smal'))[0]).toContain('small, cluster, standalone, vcha, vcha-shared-disk, vcha-no-witness, big:N')
  })
})

describe('names in a lab file', () => {
  it('gives the nearest right spelling of an unknown host', () => {
    expect(building({ lab: 'x', hosts: [host], vms: [{ name: 'v', host: 'esx-1' }] }))
      .toEqual(['vms[0].host[0]: there is no host esx-1; did you mean esx-01?'])
  })

  it('refuses a host in two places', () => {
    const datacenters = [{ name: 'A', standaloneHosts: ['esx-01'] }, { name: 'B', standaloneHosts: ['esx-01'] }]
    expect(building({ lab: 'x', hosts: [host], vcenters: [{ name: 'vc', datacenters }] }))
      .toEqual(['vcenters[0].datacenters[1].standaloneHosts: the host esx-01 has a place already'])
  })

  it('refuses a datastore and a network that the host does not have', () => {
    expect(building({ lab: 'x', hosts: [host], vms: [{ name: 'v', datastore: 'datastore2' }] }))
      .toEqual(['vms[0].datastore: on esx-01 there is no datastore datastore2; did you mean datastore1?'])
    expect(building({ lab: 'x', hosts: [host], vms: [{ name: 'v', networks: ['VM Netwrk'] }] }))
      .toEqual(['vms[0].networks: on esx-01 there is no network VM Netwrk; did you mean VM Network?'])
  })

  it('asks for a # where a count is given', () => {
    expect(building({ lab: 'x', hosts: [host], vms: [{ name: 'v', count: 2 }] }))
      .toEqual(['vms[0].name: with a count the name needs a # where the number goes'])
  })

  it('refuses a permission for an unknown role, entity or node', () => {
    const permission = { node: 'esx-01', principal: 'root', role: 'Admin' }
    const lab = (change: object): LabFileInput => ({ lab: 'x', hosts: [host], permissions: [{ ...permission, ...change }] })
    expect(building(lab({}))).toEqual([])
    expect(building(lab({ role: 'Admn' }))[0]).toContain('permissions[0].role: there is no role Admn')
    expect(building(lab({ entity: '/nowhere' }))[0]).toContain('permissions[0].entity')
    expect(building(lab({ node: 'esx-1' }))[0]).toContain('did you mean esx-01?')
  })
})
