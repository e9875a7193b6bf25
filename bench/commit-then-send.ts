// A small server in the manner of the lab, whose faults it keeps (an event is lost when the process dies between the two steps) but one:
// its pool is made once. POST /users inserts the user, commits, sends the event, waits for the broker, answers.
// Called by services.ts: DATABASE BROKER TOPIC CONNECTIONS. Says where it listens.
import { createPool, type ResultSetHeader } from 'mysql2/promise'
import { ProduceAcks, Producer } from '@platformatic/kafka'
import { fastify } from 'fastify'

const [location = '', broker = '', topic = '', connections = ''] = process.argv.slice(2)
const pool = createPool({ uri: location, connectionLimit: Number(connections) })
const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'lab', bootstrapBrokers: [broker] })

await pool.query('create table user_types (id int primary key, name varchar(20) not null)')
await pool.query("insert into user_types values (1, 'client'), (2, 'employee'), (3, 'manager')")
await pool.query(`create table users (
  id int auto_increment primary key,
  name varchar(200) not null,
  email varchar(254) not null unique,
  user_type_id int not null references user_types (id)
)`)

interface NewUser {
  readonly name: string
  readonly email: string
  readonly user_type_id?: number
}

const body = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'email'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200, pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$' },
    email: { type: 'string', maxLength: 254, pattern: '^[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+$' },
    user_type_id: { enum: [1, 2, 3] },
  },
}
const response = { 201: { type: 'object', properties: { user_id: { type: 'integer' } } } }

async function insertUser({ name, email, user_type_id = 1 }: NewUser): Promise<number> {
  const connection = await pool.getConnection()
  try {
    await connection.beginTransaction()
    const insert = 'insert into users (name, email, user_type_id) values (?, ?, ?)'
    const [{ insertId }] = await connection.execute<ResultSetHeader>(insert, [name, email, user_type_id])
    await connection.commit()
    return insertId
  } finally {
    connection.release()
  }
}

const server = fastify()
server.post<{ readonly Body: NewUser }>('/users', { schema: { body, response } }, async (request, reply) => {
  const id = await insertUser(request.body)
  const event = { event: 'UserCreated', id, ...request.body, datetime: new Date().toISOString() }
  const message = { topic, key: Buffer.from(`user-${id}`), value: Buffer.from(JSON.stringify(event)) }
  await producer.send({ messages: [message], acks: ProduceAcks.ALL, idempotent: false, autocreateTopics: false })
  return reply.code(201).send({ user_id: id })
})
console.log(await server.listen({ host: '127.0.0.1', port: 0 }))

process.once('SIGTERM', () => {
  void Promise.all([server.close(), producer.close()]).then(() => pool.end())
})
