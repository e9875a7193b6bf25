import { CompiledQuery, type QueryResult, type Transaction } from 'kysely'

/** One statement as a database reads it, with a value for each question mark. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * How many bytes one round trip may hold, values included. A server refuses a packet above its `max_allowed_packet`, and cuts the
 * connection: `doctor` asks for 4 MB at least, and this stays clearly below. Far smaller would cost round trips.
 */
export const maxBatchBytes = 3_000_000

/**
 * Runs the statements in their order, inside a transaction, and resolves with the result of each.
 * - On MySQL and MariaDB this is one round trip, or a few if the statements are larger than `maxBatchBytes` together; a statement
 *   that is larger alone has a round trip of its own. On SQLite they run one after the other, without a turn of the event loop.
 * - When a statement fails, the call rejects with its fault, as if it had been sent alone, and those after it are not run. What the
 *   earlier ones did is undone when the transaction rolls back, so do not catch the fault inside of it.
 * - The empty list makes no round trip.
 * - Each text holds exactly one statement and does not end in a semicolon or a comment.
 */
export async function runTogether(
  tx: Pick<Transaction<unknown>, 'executeQuery' | 'isTransaction'>,
  statements: readonly Statement[],
): Promise<readonly QueryResult<unknown>[]> {
  if (statements.length === 0) return []
  return (await tx.executeQuery<QueryResult<unknown>>(new Batch(statements))).rows
}

// Kysely asks for it, and looks into it only for plugins; we have none.
const { query, queryId } = CompiledQuery.raw('')

/** Several statements in the place of one: the connections of this package know it, and answer with a row for each result. */
export class Batch implements CompiledQuery<QueryResult<unknown>> {
  readonly statements: readonly Statement[]
  readonly query = query
  readonly queryId = queryId
  readonly sql = ''
  readonly parameters: readonly unknown[] = []

  constructor(statements: readonly Statement[]) {
    this.statements = statements
  }
}
