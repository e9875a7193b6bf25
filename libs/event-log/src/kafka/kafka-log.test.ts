import { describe } from 'node:test'
import { eventLogSuite } from '../conformance/event-log.suite.ts'
import { kafkaCase } from '../testing/kafka-case.ts'
import { noKafka } from '../testing/kafka-topic.ts'

describe('Kafka', { skip: noKafka }, () => {
  eventLogSuite({ adapter: 'a Kafka topic', knowsItsEnd: false, open: (t) => kafkaCase(t) })
})
