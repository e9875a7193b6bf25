import { runTogether, type Statement } from '@magasin/sql/batch'
import type { QueryResult, Transaction } from 'kysely'

/** Some statements of a round trip, and what to make of their results. */
export interface Question<Answer = void> {
  readonly statements: readonly Statement[]
  read(results: readonly QueryResult<unknown>[]): Answer
}

type Answers<Questions extends readonly Question<unknown>[]> = {
  readonly [I in keyof Questions]: Questions[I] extends Question<infer Answer> ? Answer : never
}

/** Sends all questions in one round trip, and resolves with what each made of its results. */
export async function runQuestions<const Questions extends readonly Question<unknown>[]>(
  tx: Pick<Transaction<unknown>, 'executeQuery' | 'isTransaction'>,
  questions: Questions,
): Promise<Answers<Questions>> {
  const results = await runTogether(
    tx,
    questions.flatMap(({ statements }) => statements),
  )
  let at = 0
  const answers = questions.map((one) => one.read(results.slice(at, (at += one.statements.length))))
  return answers as unknown as Answers<Questions>
}

/** The rows of all results. */
export const rowsOf = (results: readonly QueryResult<unknown>[]): readonly unknown[] =>
  results.length === 1 ? results[0]!.rows : results.flatMap(({ rows }) => rows)
