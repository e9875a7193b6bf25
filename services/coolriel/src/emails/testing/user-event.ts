import { decodeEvent, encodeEvent } from '@magasin/contracts/event-codec'
import type { DecodedEvent } from '@magasin/contracts/event-record'
import { eventTypes, type EventData } from '@magasin/contracts/event-types'
import type { EmailedEventType } from '../catalogue.ts'

interface Variation {
  readonly data?: Partial<EventData<EmailedEventType>>
  readonly time?: string
}

/** An event as a subscriber is given it: encoded, stored as a record and read back. */
export function userEvent(
  type: EmailedEventType,
  { data, time = '2026-03-01T15:05:00.000Z' }: Variation = {},
): DecodedEvent<EmailedEventType> {
  const { sample, schemaVersion, topic, streamOf } = eventTypes[type]
  const user = { ...sample, ...data }
  return decodeEvent({
    logId: '0198c0de-0000-7000-8000-000000000001',
    topic,
    partition: 0,
    seq: 1,
    commit: 1,
    id: '0198c0de-0000-7000-8000-000000000042',
    type,
    stream: streamOf(user),
    streamVersion: type === 'UserCreated' ? 1 : 2,
    schemaVersion,
    time,
    traceparent: null,
    value: encodeEvent({ type, data: user }, time),
  })
}
