import type { SqlDatabase } from '../sql-database.ts'

/**
 * The same database, but from `hold()` on every transaction of it stops between its last statement and its COMMIT until it is
 * let go: how a test keeps one side of a race open.
 */
export function holdCommits<Tables>(database: SqlDatabase<Tables>) {
  let stop = (): Promise<void> => Promise.resolve()
  const holding: SqlDatabase<Tables> = {
    ...database,
    transaction: (body, options) =>
      database.transaction(async (tx) => {
        const result = await body(tx)
        await stop()
        return result
      }, options),
  }
  return {
    database: holding,
    /** `held` resolves when a transaction stands before its COMMIT; `letGo` opens the gate for it and for all that follow. */
    hold() {
      const held = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      stop = () => {
        held.resolve()
        return gate.promise
      }
      return { held: held.promise, letGo: () => gate.resolve() }
    },
  }
}
