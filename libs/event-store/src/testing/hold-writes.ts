import { Batch } from '@magasin/sql/batch'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import type { CompiledQuery, Transaction } from 'kysely'

/** The same database, but a group that has read everything and decided waits for `arrive` before it takes its numbers. */
export function holdWrites<Tables>(database: SqlDatabase<Tables>, arrive: () => Promise<void>): SqlDatabase<Tables> {
  const takesNumbers = (query: unknown) =>
    query instanceof Batch && query.statements.some(({ sql }) => sql.includes('command_counter'))
  return throughQueries(database, async (query, run) => {
    if (takesNumbers(query)) await arrive()
    return run()
  })
}

/** The same database, with something around every query inside its transactions. */
export function throughQueries<Tables>(
  database: SqlDatabase<Tables>,
  around: (query: CompiledQuery, run: () => Promise<unknown>) => Promise<unknown>,
): SqlDatabase<Tables> {
  const through = (tx: Transaction<Tables>): Transaction<Tables> =>
    new Proxy(tx, {
      get(target, name) {
        if (name === 'executeQuery') return (query: CompiledQuery) => around(query, () => target.executeQuery(query))
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  return {
    ...database,
    transaction: (body, options) => database.transaction((tx) => body(through(tx)), options),
  }
}

/** Resolves for all when so many wait for it; from then on at once. */
export function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let arrived = 0
  return () => {
    if (++arrived === count) resolve()
    return promise
  }
}
