import { DatabaseSync } from 'node:sqlite'
import { openStore } from '@magasin/store-manager/open-store'
import { storeManager } from '@magasin/store-manager/part'
import { databaseFile } from '@magasin/host/open-own-database'
import { numberUsers, type UserRows } from './user-rows.ts'

/** The store's database without our code around it, for as fast as SQLite goes. */
export interface StoreWriter {
  readonly database: DatabaseSync
  /** The rows of a user that goes on where the store ends. */
  readonly rowsOf: (id: number) => UserRows
  /** The event and the user. */
  insert(rows: UserRows): void
  /** A further event of a user that is there. */
  insertEvent(rows: UserRows): void
  /** Moves the counters to the event. */
  count(rows: UserRows): void
  /** The answer that is remembered under an Idempotency-Key. */
  remember(rows: UserRows): void
}

/** Opens the database of a data folder, its tables made by the real migrations. */
export async function openStoreWriter(dataDir: string, synchronous: 'full' | 'off'): Promise<StoreWriter> {
  await (await openStore({ dataDir })).close()
  const database = openBareSqlite(dataDir, synchronous)
  const counters = database.prepare('select partition, last_seq from partition_counters').all()
  const last = database.prepare('select last_command from command_counter').get() as { readonly last_command: number }
  const seqs = new Map(counters.map((row) => [Number(row['partition']), Number(row['last_seq'])]))
  return { database, rowsOf: numberUsers({ commandNo: last.last_command, seqs }), ...prepareStatements(database) }
}

/** The database of a store that is there, as durable as ours if `synchronous` is full. */
export function openBareSqlite(dataDir: string, synchronous: 'full' | 'off'): DatabaseSync {
  const database = new DatabaseSync(databaseFile(storeManager, dataDir))
  database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma fullfsync = on`)
  return database
}

function prepareStatements(database: DatabaseSync): Pick<StoreWriter, 'insert' | 'insertEvent' | 'count' | 'remember'> {
  const event = database.prepare('insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const user = database.prepare('insert into users (id, name, email, email_key, user_type_id) values (?, ?, ?, ?, ?)')
  const seq = database.prepare('update partition_counters set last_seq = ? where topic = ? and partition = ?')
  const commit = database.prepare('update command_counter set last_command = ?')
  const answer = database.prepare('insert into remembered_answers values (?, ?, ?, ?, ?, ?, null)')
  const fingerprint = 'f'.repeat(64)
  const forgetAt = Date.now() + 86_400_000
  return {
    insertEvent: (rows) => void event.run(...Object.values(rows.event)),
    insert(rows) {
      event.run(...Object.values(rows.event))
      const { id, name, email, email_key, user_type_id } = rows.user
      user.run(id, name, email, email_key, user_type_id)
    },
    count({ event: { topic, partition, seq: last, command_no } }) {
      seq.run(last, topic, partition)
      commit.run(command_no)
    },
    remember({ event: { event_id: id }, user: { id: userId } }) {
      answer.run(id, 'token:manager', 'POST /users', fingerprint, `{"answer":{"user_id":${userId}}}`, forgetAt)
    },
  }
}
