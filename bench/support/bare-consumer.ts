import { Consumer, MessagesStreamModes } from '@platformatic/kafka'
import { createPool, type ResultSetHeader } from 'mysql2/promise'
import { createDatabase } from './fresh-place.ts'
import type { MeasuredTopic } from './topic.ts'

export interface BareConsumerOptions {
  readonly topic: MeasuredTopic
  readonly partitions: number
  /** `mysql://user@host:port/name`, which is made. */
  readonly database: string
  /** Told of each user as its message is there, before the position moves. */
  readonly onUser: (id: number) => void
  readonly onFault: (error: unknown) => void
}

export interface BareConsumer {
  /** How often a position was moved. */
  readonly moves: number
  close(): Promise<void>
}

// Ours: how long a broker holds a request that finds nothing, and how many connections a pool has.
const maxWaitTime = 1_000
const connectionLimit = 10

const createPositions = 'create table positions (`partition` int primary key, seq bigint not null)'
const movePosition = 'update positions set seq = ? where `partition` = ? and seq = ?'

/**
 * What a subscriber through Kafka is measured against: the client library's own stream, and for each message one UPDATE, which commits by
 * itself. Messages of a partition come one after the other, partitions side by side. No transaction, no parking, no retry, no checksum.
 */
export async function openBareConsumer(options: BareConsumerOptions): Promise<BareConsumer> {
  const { topic, partitions, database, onUser, onFault } = options
  await createDatabase(database)
  const pool = createPool({ uri: database, connectionLimit })
  await pool.query(createPositions)
  for (let partition = 0; partition < partitions; partition++)
    await pool.query('insert into positions values (?, 0)', [partition])
  // The first group of a new broker waits for it to make a topic of its own.
  const client = { clientId: 'bare', bootstrapBrokers: [topic.broker], retries: 60 }
  const consumer = new Consumer({ ...client, groupId: `bare-${topic.name}` })
  const mode = MessagesStreamModes.EARLIEST
  const stream = await consumer.consume({ topics: [topic.name], mode, autocommit: false, maxWaitTime })
  let moves = 0
  const handle = async (partition: number, offset: number, value: Buffer): Promise<void> => {
    onUser((JSON.parse(value.toString()) as { readonly id: number }).id)
    const [{ affectedRows }] = await pool.execute<ResultSetHeader>(movePosition, [offset + 1, partition, offset])
    if (affectedRows !== 1) throw new Error(`partition ${partition} is not at offset ${offset}`)
    moves++
  }
  const handled = Array.from({ length: partitions }, () => Promise.resolve())
  stream.on('error', onFault)
  stream.on('data', ({ partition, offset, value }) => {
    handled[partition] = handled[partition]!.then(() => handle(partition, Number(offset), value)).catch(onFault)
  })
  return {
    get moves() {
      return moves
    },
    async close() {
      await consumer.close(true)
      await Promise.all(handled)
      await pool.end()
    },
  }
}
