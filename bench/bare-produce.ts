// What the relay is measured against: the same records, made beforehand, sent by the bare Kafka client in batches as large as the relay's.
// Called by relay.ts: BROKER TOPIC COUNT WARM_UP headers|plain. Prints what the records after the warm-up took.
import { randomUUID } from 'node:crypto'
import { recordOf } from '@magasin/contracts/event-tables'
import { topics } from '@magasin/contracts/topics'
import { createRecordEncoder, type ProducedRecord } from '@magasin/event-log/kafka/record-codec'
import { ProduceAcks, Producer } from '@platformatic/kafka'
import { startWatch } from './support/record-watch.ts'
import { numberUsers } from './support/user-rows.ts'

const [broker = '', topic = '', count = '', warmUp = '', kind = ''] = process.argv.slice(2)
const logId = randomUUID()
const encode = createRecordEncoder(topic, logId)
const rowsOf = numberUsers({ commit: 0, seqs: new Map() })
const batchSize = 1_000 * topics['user-events'].partitions

/** A batch is let go of once it is sent: the collector has no more to look through than with the relay. */
function makeBatches(records: number): ProducedRecord[][] {
  const made: ProducedRecord[][] = []
  for (let i = 0; i < records; i++) {
    const { headers, ...bare } = encode(recordOf(logId, rowsOf(i + 1).event))
    if (i % batchSize === 0) made.push([])
    made.at(-1)!.push(kind === 'plain' ? { ...bare, headers: new Map() } : { ...bare, headers })
  }
  return made
}

const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
  clientId: 'bare',
  bootstrapBrokers: [broker],
  retries: 0,
})

const batches = makeBatches(Number(warmUp) + Number(count))
const watch = startWatch(Number(warmUp))
let sent = 0
for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
  await producer.send({ messages: batch, acks: ProduceAcks.ALL, idempotent: false, autocreateTopics: false })
  watch.at((sent += batch.length))
}
console.log(JSON.stringify(watch.taken()))
await producer.close()
