import type { EventTables } from '@magasin/event-log/event-table'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { ProduceAcks, Producer } from '@platformatic/kafka'
import { createPool, type Pool } from 'mysql2/promise'
import { openBareConsumer } from './bare-consumer.ts'
import { insertEvent } from './insert-event.ts'
import { openMeasuredStore, type MeasuredPath } from './library-path.ts'
import type { MeasuredTopic } from './topic.ts'
import { numberUsers } from './user-rows.ts'

export interface BarePathOptions {
  readonly dataDir: string
  /** Both `mysql://user@host:port/name`. */
  readonly store: string
  readonly subscriber: string
  readonly topic: MeasuredTopic
  readonly onUser: (id: number) => void
  readonly onFault: (error: unknown) => void
}

type EventRow = EventTables['events']

// Ours.
const connectionLimit = 10

/**
 * What the path through MariaDB and Kafka is measured against, in one process as ours: the event's row in a transaction of the bare driver;
 * then, at once and without a look at the table, one call of the client library's own producer for each message; its own stream at the
 * other end. An event is lost if the process dies between the two.
 */
export async function openBarePath({ dataDir, store, topic, ...rest }: BarePathOptions): Promise<MeasuredPath> {
  // For its tables.
  await (await openMeasuredStore({ dataDir, mysql: store })).close()
  const { partitions } = shopCatalogue.topic('user-events')
  const { onFault, onUser, subscriber: database } = rest
  const opened = new AsyncDisposableStack()
  const consumer = await openBareConsumer({ topic, partitions, database, onUser, onFault })
  opened.defer(() => consumer.close())
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'bare', bootstrapBrokers: [topic.broker] })
  opened.defer(() => producer.close())
  const pool = createPool({ uri: store, connectionLimit })
  opened.defer(() => pool.end())
  const rowsOf = numberUsers({ commandNo: 0, seqs: new Map() })
  const send = (event: EventRow) =>
    producer.send({
      messages: [messageOf(event, topic.name)],
      acks: ProduceAcks.ALL,
      idempotent: false,
      autocreateTopics: false,
    })
  return {
    get transactions() {
      return consumer.moves
    },
    async record({ id }) {
      const { event } = rowsOf(id)
      await commit(pool, event)
      send(event).catch(onFault)
    },
    close: () => opened.disposeAsync(),
  }
}

async function commit(pool: Pool, event: EventRow): Promise<void> {
  const { text, values } = insertEvent(event)
  const connection = await pool.getConnection()
  await connection.beginTransaction()
  await connection.execute(text, values)
  await connection.commit()
  connection.release()
}

/** As many headers as the relay sends, about as long. */
function messageOf({ value, stream, partition, ...others }: EventRow, topic: string) {
  const headers = Object.entries({ stream, ...others }).map(
    ([name, text]) => [Buffer.from(name), Buffer.from(String(text))] as const,
  )
  return { topic, partition, key: Buffer.from(stream), value: Buffer.from(value), headers: new Map(headers) }
}
