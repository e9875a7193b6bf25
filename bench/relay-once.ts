// Copies a filled event table into an empty topic by the real relay, in a process of its own.
// Called by relay.ts: DATABASE BROKER TOPIC COUNT WARM_UP. Prints what the records after the warm-up took,
// until the broker had acknowledged the last.
import { openRelay } from '@magasin/event-log/relay'
import { openEventDatabase } from './support/event-database.ts'
import { startWatch } from './support/record-watch.ts'
import { topicOn } from './support/topic.ts'

const [location = '', broker = '', topic = '', count = '', warmUp = ''] = process.argv.slice(2)
const all = Number(count) + Number(warmUp)
const { database, logId, close } = await openEventDatabase(location)

const done = Promise.withResolvers<void>()
const watch = startWatch(Number(warmUp))
let sent = 0
const relay = await openRelay({
  database,
  logId,
  topics: ['user-events'],
  kafka: topicOn(broker, topic),
  observer: {
    sent(_topic, records) {
      sent += records
      watch.at(sent)
      if (sent >= all) done.resolve()
    },
    failed: (_topic, error) => done.reject(error),
    recovered: () => undefined,
  },
})
await done.promise
console.log(JSON.stringify(watch.taken()))
await relay.stop()
await close()
