import type { Reader } from '../world/records.js'

/** What a fact of the physical truth may be: JSON, and undefined for "nobody", "nowhere". */
export type TruthValue = string | number | boolean | readonly string[] | undefined

/** One kind of fact about what physically is; scenarios ask for it by name, `/v1/truth` shows all. */
export interface TruthFact {
  /** `runs-on`, `lock-holder`, … */
  readonly name: string
  /** One line for documentation and error texts. */
  readonly help: string
  /** Names of all that have this fact, such as `vm/db-01`; an error text shows the nearest. */
  subjects(reader: Reader): readonly string[]
  /** The fact for one subject, its name with or without the part before the slash. */
  of(reader: Reader, subject: string): TruthValue
}

/** The facts of a lab, by name. Who adds a kind of fact adds one line to `emulator/truth.ts`. */
export class TruthFacts {
  readonly #facts: ReadonlyMap<string, TruthFact>

  constructor(facts: readonly TruthFact[]) {
    this.#facts = new Map(facts.map(fact => [fact.name, fact]))
  }

  names(): string[] {
    return [...this.#facts.keys()]
  }

  get(name: string): TruthFact | undefined {
    return this.#facts.get(name)
  }

  /** The value of a fact; undefined also for a fact that does not exist. */
  ask(reader: Reader, name: string, subject: string): TruthValue {
    return this.#facts.get(name)?.of(reader, subject)
  }

  /** Every fact of every subject, by the name of the fact. */
  all(reader: Reader): Record<string, Record<string, TruthValue>> {
    return Object.fromEntries([...this.#facts.values()].map(fact => [
      fact.name, Object.fromEntries(fact.subjects(reader).map(subject => [subject, fact.of(reader, subject)])),
    ]))
  }
}

/** `db-01` of `vm/db-01`. */
export function bareName(subject: string): string {
  return subject.replace(/^(vm|host|vcenter|node|cluster|datastore|disk)\//, '')
}
