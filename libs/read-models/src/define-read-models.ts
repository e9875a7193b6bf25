import { createHash } from 'node:crypto'
import type { DomainEvent } from '@magasin/contracts/event-record'
import type { Step } from './step.ts'

/** A kind of document, and what readers may ask of it. */
export interface DocumentDefinition {
  /** A document shows, also in its indexes, only if it has all of these fields. */
  readonly requires: readonly string[]
  /** Indexes by name; each orders the documents by one field that holds a number. */
  readonly index?: Readonly<Record<string, string | IndexDefinition>>
}

interface IndexDefinition {
  readonly field: string
  /** What a document without that field counts as. By default it is not in the index. */
  readonly absent?: number
}

/** An index of the documents of a kind. */
export interface Index {
  readonly document: string
  readonly field: string
  readonly absent: number | null
}

/** What an event does to the read models. Pure: the same event gives the same steps at every rebuild. */
export type Projections<Event extends DomainEvent> = {
  readonly [Type in Event['type']]?: (data: Extract<Event, { readonly type: Type }>['data']) => readonly Step[]
}

interface ReadModelsSpec<Event extends DomainEvent> {
  readonly name: string
  /** Raise it if a projection does something else than before: nobody can see that from outside, and all is built anew. */
  readonly version: number
  readonly rankings?: readonly string[]
  readonly documents?: Readonly<Record<string, DocumentDefinition>>
  readonly on: Projections<Event>
}

/** Read models that are kept together: one store, one projector, one generation at a time. */
export interface ReadModels {
  readonly name: string
  readonly rankings: ReadonlySet<string>
  readonly documents: ReadonlyMap<string, DocumentDefinition>
  /** By the name of the index. */
  readonly indexes: ReadonlyMap<string, Index>
  /** By the type of the event. */
  readonly projections: ReadonlyMap<string, (data: object) => readonly Step[]>
  /** What was built by a definition with another fingerprint is built anew. */
  readonly fingerprint: string
}

/** Throws TypeError for a name that cannot be part of a key, and for two indexes of one name. */
export function defineReadModels<Event extends DomainEvent>(spec: ReadModelsSpec<Event>): ReadModels {
  const { name, version, rankings = [], documents = {}, on } = spec
  const declared = Object.entries(documents).flatMap(([document, { index = {} }]) =>
    Object.entries(index).map(([indexName, declaration]) => ({ indexName, index: indexOf(document, declaration) })),
  )
  checkNames([name, ...rankings, ...Object.keys(documents), ...declared.map(({ indexName }) => indexName)])
  const indexes = new Map(declared.map(({ indexName, index }) => [indexName, index]))
  if (indexes.size < declared.length) throw new TypeError(`${name} has two indexes of one name`)
  const projections = new Map(Object.entries(on)) as ReadModels['projections']
  const fingerprint = fingerprintOf({
    name,
    version,
    rankings: rankings.toSorted(),
    documents: Object.entries(documents)
      .toSorted(byName)
      .map(([document, { requires }]) => [document, requires.toSorted()]),
    indexes: [...indexes]
      .toSorted(byName)
      .map(([index, { document, field, absent }]) => [index, document, field, absent]),
    types: [...projections.keys()].toSorted(),
  })
  return {
    name,
    rankings: new Set(rankings),
    documents: new Map(Object.entries(documents)),
    indexes,
    projections,
    fingerprint,
  }
}

function indexOf(document: string, declaration: string | IndexDefinition): Index {
  const { field, absent = null } = typeof declaration === 'string' ? { field: declaration } : declaration
  return { document, field, absent }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

function checkNames(names: readonly string[]): void {
  const wrong = names.find((name) => !/^[a-z][a-z0-9_]{0,49}$/.test(name))
  if (wrong !== undefined)
    throw new TypeError(`${wrong} cannot be a name: use lower case letters, digits and underscores, at most 50`)
}

function fingerprintOf(declaration: unknown): string {
  return createHash('sha256').update(JSON.stringify(declaration)).digest('hex').slice(0, 16)
}
