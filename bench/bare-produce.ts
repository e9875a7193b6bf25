// What the relay is measured against: the records of a topic, read into memory beforehand, sent by the bare Kafka client in batches
// as large as the relay's.
// Called by relay.ts: BROKER SOURCE TOPIC COUNT WARM_UP headers|plain. Prints what the records after the warm-up took.
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { Consumer, MessagesStreamModes, ProduceAcks, Producer, type MessageToProduce } from '@platformatic/kafka'
import { startWatch } from './support/record-watch.ts'

type Message = MessageToProduce<Buffer, Buffer, Buffer, Buffer>

const [broker = '', source = '', topic = '', count = '', warmUp = '', kind = ''] = process.argv.slice(2)
const all = Number(count) + Number(warmUp)
// The first group of a new broker waits for it to make a topic of its own.
const client = { clientId: 'bare', bootstrapBrokers: [broker], retries: 60 }

/** The next thousand of each partition make a batch, as they do for the relay. */
async function readBatches(): Promise<Message[][]> {
  const consumer = new Consumer({ ...client, groupId: `bare-${topic}` })
  const stream = await consumer.consume({ topics: [source], mode: MessagesStreamModes.EARLIEST, autocommit: false })
  const seen = Array.from({ length: shopCatalogue.topic('user-events').partitions }, () => 0)
  const batches: Message[][] = []
  let left = all
  for await (const { key, value, headers, partition } of stream) {
    const batch = Math.floor(seen[partition]!++ / 1_000)
    const message = { topic, partition, key, value }
    const messages = (batches[batch] ??= [])
    messages.push(kind === 'plain' ? message : { ...message, headers })
    if (--left === 0) break
  }
  await consumer.close(true)
  return batches
}

const batches = await readBatches()
const producer = new Producer<Buffer, Buffer, Buffer, Buffer>(client)
const watch = startWatch(Number(warmUp))
let sent = 0
// A batch is let go of once it is sent: the collector has no more to look through than with the relay.
for (let messages = batches.shift(); messages !== undefined; messages = batches.shift()) {
  await producer.send({ messages, acks: ProduceAcks.ALL, idempotent: false, autocreateTopics: false })
  watch.at((sent += messages.length))
}
console.log(JSON.stringify(watch.taken()))
await producer.close()
