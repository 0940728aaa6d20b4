import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** The repository checks itself: import directions, banned calls, sizes (design.md 3, 10, 12). */

const root = fileURLToPath(new URL('..', import.meta.url))

function filesUnder(folder: string, pattern: RegExp): string[] {
  const found: string[] = []
  const walk = (at: string): void => {
    for (const name of readdirSync(at)) {
      if (['node_modules', 'dist', 'generated', '.cache', '.git'].includes(name)) continue
      const path = join(at, name)
      if (statSync(path).isDirectory()) walk(path)
      else if (pattern.test(name)) found.push(relative(root, path))
    }
  }
  walk(join(root, folder))
  return found.sort()
}

const sources = ['emulator', 'clients', 'scripts', 'bench'].flatMap(folder => filesUnder(folder, /\.(ts|mjs)$/))
const tests = filesUnder('test', /\.ts$/)
const text = new Map([...sources, ...tests].map(path => [path, readFileSync(join(root, path), 'utf8')]))

interface Import { readonly from: string, readonly to: string, readonly typeOnly: boolean }

function importsOf(path: string): Import[] {
  const found: Import[] = []
  const pattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'(\.[^']+)'|import\('(\.[^']+)'\)/gm
  for (const match of text.get(path)!.matchAll(pattern)) {
    const target = match[2] ?? match[3]!
    const to = relative(root, resolve(root, dirname(path), target)).replace(/\.js$/, '.ts')
    found.push({ from: path, to, typeOnly: match[1] !== undefined })
  }
  return found
}

/** Which part of the house a file belongs to. */
function area(path: string): string {
  const match = /^(?:emulator|clients)\/([^/]+)(?:\/|$)/.exec(path)
  if (match === null) return path.split('/')[0]!
  return match[1]!.endsWith('.ts') ? `root:${match[1]!}` : match[1]!
}

/** What each area may import beside itself. Types of the schema may be imported by all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  world: [],
  physics: ['world'],
  faults: ['physics', 'world'],
  wire: ['schema'],
  services: ['schema', 'world', 'physics'],
  inventory: ['schema', 'world', 'physics', 'services'],
  objects: ['schema', 'world', 'physics', 'services', 'inventory', 'wire'],
  vapi: ['schema', 'world', 'physics', 'services', 'inventory', 'objects'],
  dispatch: ['schema', 'world', 'services', 'inventory', 'objects', 'vapi'],
  console: ['world', 'physics', 'wire', 'services'],
  shell: ['schema', 'world', 'physics', 'services', 'dispatch'],
  scenario: ['faults', 'dispatch', 'world', 'physics', 'schema', 'services', 'inventory'],
  doors: ['schema', 'wire', 'services', 'dispatch', 'shell', 'world', 'root:options.ts', 'scenario', 'faults'],
  'root:lab.ts': ['*'],
  'root:wiring.ts': ['inventory', 'objects', 'physics', 'services', 'world'],
  'root:open-lab.ts': ['*'],
  'root:lab-doors.ts': ['*'],
  'root:further-doors.ts': ['*'],
  'root:node-web.ts': ['dispatch', 'doors', 'physics', 'services', 'root:lab.ts', 'root:console-doors.ts', 'root:door-watch.ts'],
  'root:console-doors.ts': ['doors', 'services', 'root:lab.ts', 'root:package.ts'],
  'root:log-forwarding.ts': ['doors', 'physics', 'world', 'root:syslog-messages.ts'],
  'root:syslog-messages.ts': ['physics', 'services', 'wire', 'world'],
  'root:trusted.ts': [],
  'root:door-watch.ts': ['physics', 'world'],
  'root:heartbeats.ts': ['doors', 'physics', 'world'],
  'root:vnc-servers.ts': ['doors', 'physics', 'services', 'world', 'root:lab.ts', 'root:door-watch.ts'],
  'root:open-request.ts': ['doors', 'root:options.ts', 'root:peer-model.ts'],
  'root:lab-control.ts': ['*'],
  'root:play-scenario.ts': ['*'],
  'root:live-scenarios.ts': ['*'],
  'root:recording.ts': ['*'],
  'root:host-keys.ts': ['doors', 'physics', 'wire', 'root:lab.ts'],
  'root:fault-kinds.ts': ['faults', 'doors'],
  'root:lab-for-scenario.ts': ['*'],
  'root:rest-for-scenario.ts': ['*'],
  'root:truth.ts': ['physics', 'services', 'world'],
  examples: ['sdk'],
  'root:main.ts': ['*'],
  'root:coverage.ts': ['schema', 'objects', 'dispatch'],
  'root:options.ts': ['schema', 'world'],
  cli: ['sdk', 'root:open-request.ts', 'root:main.ts', 'root:options.ts', 'root:lab.ts', 'root:coverage.ts', 'scenario'],
  sdk: ['schema'],
}

describe('import directions', () => {
  for (const path of sources.filter(name => name.startsWith('emulator/') || name.startsWith('clients/'))) {
    it(path, () => {
      const own = area(path)
      const may = allowed[own] ?? []
      const wrong = importsOf(path).filter(({ to, typeOnly }) => {
        const target = area(to)
        if (target === own || may.includes('*') || may.includes(target)) return false
        return !(typeOnly && target === 'schema')
      })
      expect(wrong.map(({ to }) => `${path} -> ${to}`)).toEqual([])
    })
  }

  it('has no circle of imports at run time', () => {
    const edges = new Map(sources.map(path => [path, importsOf(path).filter(i => !i.typeOnly).map(i => i.to)]))
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (path: string, trail: string[]): void => {
      if (state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
        return
      }
      state.set(path, 'open')
      for (const to of edges.get(path) ?? []) visit(to, [...trail, path])
      state.set(path, 'done')
    }
    for (const path of sources) visit(path, [])
    expect(circles).toEqual([])
  })
})

interface Ban { readonly pattern: RegExp, readonly instead: string, readonly except?: RegExp }

const bans: readonly Ban[] = [
  { pattern: /\bDate\.now\(/, instead: 'world.now()', except: /^(emulator\/world|bench|scripts|clients)\// },
  { pattern: /\bnew Date\(\)/, instead: 'world.now()', except: /^(emulator\/world|bench|scripts|clients)\// },
  { pattern: /\bMath\.random\(/, instead: 'a stream of world.random', except: /^(bench)\// },
  { pattern: /\bsetTimeout\(/, instead: 'tx.after or afterRealMs', except: /^(emulator\/world|bench|scripts|clients)\// },
  { pattern: /\bsetInterval\(/, instead: 'tx.after', except: /^(emulator\/world|bench)\// },
  { pattern: /\brandomUUID\(/, instead: 'uuid of world/ids', except: /^(bench)\// },
  { pattern: /\bperformance\.now\(/, instead: 'realMs of world/clock', except: /^(emulator\/world|bench|scripts)\// },
  { pattern: /^export default\b/m, instead: 'a named export' },
  { pattern: /(:\s*any\b|\bas any\b|<any>)/, instead: 'unknown, or the type' },
  { pattern: /\bconsole\.log\(/, instead: 'the lab log, or process.stdout in a command', except: /^(bench|scripts)\// },
  { pattern: /\b(TODO|FIXME)\b(?!.*#\d)/, instead: 'an issue number behind it' },
  { pattern: /@ts-ignore|@ts-nocheck/, instead: 'types that fit' },
  { pattern: /[\u{1F300}-\u{1FAFF}]/u, instead: 'words' },
]

describe('banned calls', () => {
  for (const ban of bans) {
    it(`${ban.pattern.source} (use ${ban.instead})`, () => {
      const wrong = sources
        .filter(path => ban.except?.test(path) !== true)
        .flatMap(path => withoutComments(text.get(path)!).split('\n')
          .flatMap((line, i) => ban.pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []))
      expect(wrong).toEqual([])
    })
  }

  it('tests do not sleep and do not read the wall clock', () => {
    const wrong = tests
      .filter(path => path !== 'test/tidy.test.ts')
      .flatMap(path => withoutComments(text.get(path)!).split('\n').flatMap((line, i) =>
        /\b(setTimeout|setInterval|Date\.now|Math\.random)\(/.test(line) ? [`${path}:${i + 1}`] : []))
    expect(wrong).toEqual([])
  })
})

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, block => block.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '$1')
}

describe('sizes', () => {
  it('no source file is above 400 lines', () => {
    const big = sources
      .filter(path => !/\/data\/|\/narration\//.test(path))
      .map(path => [path, text.get(path)!.split('\n').length] as const)
      .filter(([, lines]) => lines > 400)
    expect(big).toEqual([])
  })

  it('no door file is above 300 lines', () => {
    const big = sources.filter(path => path.startsWith('emulator/doors/'))
      .map(path => [path, text.get(path)!.split('\n').length] as const)
      .filter(([, lines]) => lines > 300)
    expect(big).toEqual([])
  })

  it('no test file is above 800 lines', () => {
    const big = tests.filter(path => text.get(path)!.split('\n').length > 800)
    expect(big).toEqual([])
  })

  it('no line is above 140 columns', () => {
    const long = sources.filter(path => !/\/data\/|\/narration\//.test(path)).flatMap(path =>
      text.get(path)!.split('\n').flatMap((line, i) => line.length > 140 ? [`${path}:${i + 1}`] : []))
    expect(long).toEqual([])
  })
})
