import { MagasinError } from '@magasin/contracts/magasin-error'
import type { ReadModels } from '../define-read-models.ts'
import { moved } from '../moved.ts'
import { checkRanking, documentOf } from '../declared-names.ts'
import { shows } from '../shows.ts'
import type {
  GenerationStatus,
  GenerationWriter,
  Document,
  PageRequest,
  ReadModelReader,
  ReadModelStatus,
  ReadModelStore,
} from '../read-model-store.ts'
import { batchMessage } from './batch-message.ts'
import { connectRedis } from './connection.ts'
import type { ScriptName } from './scripts.ts'
import { fieldsIn, numberIn, positionIn, positionsIn, scoreIn, sortableOf } from './texts.ts'

/** Generation, fingerprint, answered requests, positions; nothing if there is none. */
type StatusReply = readonly [] | readonly [string, string, string, readonly string[]]

export interface RedisReadModelsOptions {
  /** As `connectRedis` takes it. */
  readonly url: string
  /** What the keys begin with. Shops that share a database of Redis need one each. */
  readonly prefix?: string
}

/** Asks Redis to run one of the scripts. */
type Ask = <T>(name: ScriptName, ...args: readonly string[]) => Promise<T>

/** Read models in Redis, which may be away: it is asked again each time. */
export async function openRedisReadModels(
  models: ReadModels,
  { url, prefix = 'magasin' }: RedisReadModelsOptions,
): Promise<ReadModelStore> {
  const connection = await connectRedis(url)
  const control = `{${prefix}:${models.name}}:control`
  const ask = async <T>(name: ScriptName, ...args: readonly string[]) =>
    (await connection.run(name, control, ...args)) as T
  return {
    ...readerOf(ask, models),
    ...generationsOf(ask, models),
    requestRebuild: async () => void (await ask('requestRebuild')),
    lease: async (holder, forMs) => (await ask('lease', holder, String(forMs))) === 1,
    release: async (holder) => void (await ask('release', holder)),
    check: () => checkMemory(ask),
    close: () => connection.close(),
  }
}

/** Also that Redis throws nothing away: a ranking that is gone leaves its positions behind, and nobody could see that. */
async function checkMemory(ask: Ask): Promise<void> {
  const [limit, policy] = await ask<readonly [string, string]>('memory')
  if (limit !== '0' && policy.startsWith('allkeys-'))
    throw new MagasinError(
      'CONFIG_INVALID',
      `the Redis of the read models throws keys out (maxmemory-policy ${policy}): set it to noeviction, and \`magasin read-models rebuild\``,
    )
}

function readerOf(ask: Ask, models: ReadModels): ReadModelReader {
  const read = async <T>(name: ScriptName, ...args: readonly string[]): Promise<T> => {
    const answer = await ask<T | null>(name, ...args)
    if (answer !== null) return answer
    throw new MagasinError('READ_MODELS_NOT_READY', 'the read models are built for the first time')
  }
  return {
    async top(ranking, atMost) {
      checkRanking(models, ranking)
      const found = await read<readonly string[]>('top', ranking, String(atMost))
      return Array.from({ length: found.length / 2 }, (_, i) => ({
        member: numberIn(found[2 * i]!),
        score: scoreIn(found[2 * i + 1]!),
      }))
    },
    async document(name, key) {
      const [json] = await read<readonly (string | null)[]>('document', name, sortableOf(key))
      const fields = json == null ? {} : fieldsIn(json)
      return shows(models, name, fields) ? { key, fields } : undefined
    },
    async pageOf(index, request) {
      const of = documentOf(models, index)
      const found = await read<readonly (readonly [string, string])[]>('page', index, of, ...rangeOf(request))
      return found.map(([key, json]): Document => ({ key: numberIn(key), fields: fieldsIn(json) }))
    },
    positions: async () => positionsIn(await read('positions')),
  }
}

function generationsOf(ask: Ask, models: ReadModels) {
  const change = async (name: ScriptName, ...args: readonly string[]) => {
    const refusal = await ask<string>(name, ...args)
    if (refusal !== '') throw moved(refusal)
  }
  const writer = (generation: number): GenerationWriter => ({
    generation,
    apply: (batch) => change('apply', String(generation), batchMessage(models, batch)),
    positions: async () => positionsIn(await ask('positionsOf', String(generation))),
  })
  const status = async (): Promise<ReadModelStatus> => {
    const [requested, projector, current, shadow] =
      await ask<readonly [string | null, string | null, StatusReply, StatusReply]>('status')
    const rebuilds = { requested: Number(requested ?? 0), answered: Number(current[2] ?? 0) }
    return { current: statusIn(current), shadow: statusIn(shadow), rebuilds, projector }
  }
  return {
    status,
    begin: async (fingerprint: string) => writer(Number(await ask('begin', fingerprint, keysOf(models)))),
    async current() {
      const { current } = await status()
      return current === null ? undefined : writer(current.generation)
    },
    swap: (generation: number) => change('swap', String(generation)),
  }
}

function statusIn([generation, fingerprint, , positions]: StatusReply): GenerationStatus | null {
  if (generation === undefined || fingerprint === undefined || positions === undefined) return null
  const events = positions.reduce((sum, text) => sum + positionIn(text).seq, 0)
  return { generation: Number(generation), fingerprint, events }
}

/** Members of an index are value and key, so that a page begins after one however many have its value. */
function rangeOf({ upTo, after, atMost }: PageRequest): readonly string[] {
  const from = after === undefined ? '-' : `(${sortableOf(after.value)}:${sortableOf(after.key)}`
  return [from, `(${sortableOf(upTo)};`, String(atMost)]
}

/** All keys that a generation may have: whoever drops it may have another definition. */
function keysOf({ rankings, documents, indexes }: ReadModels): string {
  const named = (kind: string, names: Iterable<string>) => [...names].map((name) => `${kind}:${name}`)
  return [
    'positions',
    ...named('score', rankings),
    ...named('documents', documents.keys()),
    ...named('index', indexes.keys()),
  ].join(' ')
}
