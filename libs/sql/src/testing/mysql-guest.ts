import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { MysqlOptions } from '../mysql/mysql-options.ts'
import { statement } from './mysql-server.ts'

/** A user of the server who may do what the test has granted, and nothing else. */
export interface MysqlGuest extends MysqlOptions {
  /** `select`, or `all` that there is; with the database of the guest, or another one. */
  grant(right: string, database?: string): Promise<void>
}

/** A user of the test's own who may do nothing yet, and who is gone when the test ends; its password is `correct horse`. */
export async function mysqlGuest(t: Pick<TestContext, 'after'>, options: MysqlOptions): Promise<MysqlGuest> {
  const user = `guest_${randomUUID().slice(0, 8)}`
  // Both: a server that knows nameless users of its own machine would take this one for one of them.
  const accounts = [`'${user}'@'%'`, `'${user}'@'localhost'`]
  for (const account of accounts) await statement(options, `create user ${account} identified by 'correct horse'`)
  t.after(() => statement(options, `drop user ${accounts.join(', ')}`))
  return {
    ...options,
    user,
    password: 'correct horse',
    async grant(right, database = options.name) {
      for (const account of accounts) await statement(options, `grant ${right} on ${database}.* to ${account}`)
    },
  }
}
