import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { CompiledQuery, sql } from 'kysely'
import { create, join, remove } from '../testing/people.ts'
import { mysqlDialect } from './mysql-event-store.ts'
import { openBehindProxy as open } from '../testing/store-behind-proxy.ts'

describe('a group of commands on MySQL', { skip: skipWithoutMysql }, () => {
  test('takes at most four round trips: to create, to delete, under a key, alone and together', async (t) => {
    const { proxy, store } = await open(t)
    const once = (key: string) => ({ once: { caller: 'ada', route: 'POST /people', key, content: 1 } })
    // Connections and the first block of ids.
    await store.execute(join('first@example.com'))
    const counted = async (name: string, work: () => Promise<unknown>) => {
      const before = proxy.sent()
      await work()
      const sent = proxy.sent() - before
      assert.ok(sent <= 4, `${name} took ${sent} round trips`)
      // Reads, counters, writes, COMMIT: fewer would mean that this does not count.
      assert.ok(sent >= 3, `${name} took ${sent} round trips`)
    }
    await counted('create', () => store.execute(join('ada@example.com')))
    await counted('create with an id', () => store.execute(create(900)))
    await counted('create under a key', () => store.execute(join('alan@example.com'), once('k-1')))
    await counted('delete', () => store.execute(remove(900)))
    await counted('delete under a key', () => store.execute(remove(2), once('k-2')))
    await counted('twenty together', () =>
      Promise.all(Array.from({ length: 20 }, (_, i) => store.execute(join(`p${i}@example.com`), once(`t-${i}`)))),
    )
  })

  test('finds the next version of a stream by one seek, however long the stream is', async (t) => {
    const { direct, store } = await open(t)
    await fillStream(direct.reader, 'member-1', 20_000)
    await fillStream(direct.reader, 'member-2', 10)
    await sql`analyze table events`.execute(direct.reader)
    for (const streams of [['member-1'], ['member-1', 'member-2', 'member-3']]) {
      await sql`flush status`.execute(direct.reader)
      for (const { sql: text, parameters } of mysqlDialect.lastVersions(streams))
        await direct.reader.executeQuery(CompiledQuery.raw(text, [...parameters]))
      const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(direct.reader)
      const reads = rows.reduce((sum, { Value }) => sum + Number(Value), 0)
      assert.ok(reads > 0 && reads < 12, `${reads} rows were read`)
    }
    await sql`insert into people values (1, 'a@example.com', 'Ada'), (2, 'b@example.com', 'Alan')`.execute(
      direct.reader,
    )
    await Promise.all([store.execute(remove(1)), store.execute(remove(2))])
    const last = async (stream: string) => (await store.readStream(stream, 9)).at(-1)!.streamVersion
    assert.deepEqual([await last('member-1'), await last('member-2')], [20_001, 11])
  })
})

type Reader = Parameters<ReturnType<typeof sql>['execute']>[0]

async function fillStream(reader: Reader, stream: string, events: number): Promise<void> {
  const perStatement = 2_000
  for (let done = 0; done < events; done += perStatement) {
    const rows = Array.from({ length: Math.min(perStatement, events - done) }, (_, i) => {
      const version = done + i + 1
      return sql`('old', 0, ${Number(stream.slice(7)) * 1_000_000 + version}, 0, 0, uuid(), 'MemberLeft', ${stream}, ${version}, 2, '', null, null, '{}')`
    })
    await sql`insert into events values ${sql.join(rows)}`.execute(reader)
  }
}
