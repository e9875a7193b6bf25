import { runTogether, type Statement } from '@magasin/sql/batch'
import type { QueryResult, Transaction } from 'kysely'

/** Some statements of a round trip, and what to make of their results. */
export interface Part<Answer = void> {
  readonly statements: readonly Statement[]
  read(results: readonly QueryResult<unknown>[]): Answer
}

type Answers<Parts extends readonly Part<unknown>[]> = {
  readonly [I in keyof Parts]: Parts[I] extends Part<infer Answer> ? Answer : never
}

/** Sends all parts in one round trip, and resolves with what each made of its results. */
export async function runParts<const Parts extends readonly Part<unknown>[]>(
  tx: Pick<Transaction<unknown>, 'executeQuery' | 'isTransaction'>,
  parts: Parts,
): Promise<Answers<Parts>> {
  const results = await runTogether(
    tx,
    parts.flatMap(({ statements }) => statements),
  )
  let at = 0
  const answers = parts.map((part) => part.read(results.slice(at, (at += part.statements.length))))
  return answers as unknown as Answers<Parts>
}

/** The rows of all results. */
export const rowsOf = (results: readonly QueryResult<unknown>[]): readonly unknown[] =>
  results.length === 1 ? results[0]!.rows : results.flatMap(({ rows }) => rows)
