import { sql, type Transaction } from 'kysely'
import { combineSteps } from '../combine-steps.ts'
import type { ReadModels } from '../define-read-models.ts'
import type { Batch } from '../read-model-store.ts'
import { mergeDocuments } from './merge-documents.ts'
import { moved } from '../moved.ts'

interface Target {
  readonly models: ReadModels
  readonly generation: number
}

/** Moves the positions by compare-and-set and carries out the steps, in the transaction of the caller. */
export async function applyBatch(tx: Transaction<unknown>, target: Target, { moves, steps }: Batch): Promise<void> {
  const { models, generation } = target
  const found = await sql`select 1 from generations where generation = ${generation}`.execute(tx)
  if (found.rows.length === 0) throw moved(`generation ${generation} was dropped`)
  for (const move of moves) await movePosition(tx, generation, move)
  const { additions, merges } = combineSteps(steps)
  for (const [ranking, members] of additions) await addScores(tx, { generation, ranking, members })
  for (const [document, changes] of merges) await mergeDocuments(tx, { models, generation, document, changes })
}

async function movePosition(tx: Transaction<unknown>, generation: number, move: Batch['moves'][number]): Promise<void> {
  const { topic, partition, from, to } = move
  const change =
    from === null
      ? sql`insert into positions (generation, topic, partition, log_id, seq, event_id)
          values (${generation}, ${topic}, ${partition}, ${to.logId}, ${to.seq}, ${to.eventId}) on conflict do nothing`
      : sql`update positions set log_id = ${to.logId}, seq = ${to.seq}, event_id = ${to.eventId}
          where generation = ${generation} and topic = ${topic} and partition = ${partition}
          and log_id = ${from.logId} and seq = ${from.seq} and event_id is ${from.eventId}`
  if ((await change.execute(tx)).numAffectedRows !== 1n)
    throw moved(`${topic} partition ${partition} is not at event ${from?.seq ?? 0} any more`)
}

const most = Number.MAX_SAFE_INTEGER

interface Additions {
  readonly generation: number
  readonly ranking: string
  readonly members: ReadonlyMap<number, number>
}

/** One statement for all members: a statement costs more than a row. */
async function addScores(tx: Transaction<unknown>, { generation, ranking, members }: Additions): Promise<void> {
  await sql`insert into scores (generation, ranking, member, score)
    select ${generation}, ${ranking}, value ->> 0, value ->> 1 from json_each(${JSON.stringify([...members])}) where true
    on conflict (generation, ranking, member)
      do update set score = max(${-most}, min(${most}, score + excluded.score))`.execute(tx)
  await sql`delete from scores where generation = ${generation} and ranking = ${ranking} and score = 0`.execute(tx)
}
