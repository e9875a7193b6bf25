import type { DecodedEvent } from '@magasin/contracts/event-record'
import { users, type UserEvent } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

interface Variation {
  readonly data?: Partial<UserEvent['data']>
  readonly time?: string
}

/** An event as a subscriber is given it: encoded, stored as a record and read back. */
export function userEvent(
  type: UserEvent['type'],
  { data, time = '2026-03-01T15:05:00.000Z' }: Variation = {},
): DecodedEvent<UserEvent> {
  const { sample, schemaVersion, topic, streamOf } = users.events[type]
  const user = { ...sample, ...data }
  const decoded = shopCatalogue.decode({
    logId: '0198c0de-0000-7000-8000-000000000001',
    topic: topic.name,
    partition: 0,
    seq: 1,
    commandNo: 1,
    commandIndex: 0,
    eventId: '0198c0de-0000-7000-8000-000000000042',
    type,
    stream: streamOf(user),
    streamVersion: type === 'UserCreated' ? 1 : 2,
    schemaVersion,
    time,
    causedBy: null,
    traceparent: null,
    value: shopCatalogue.encode({ type, data: user }, time),
  })
  return decoded as DecodedEvent<UserEvent>
}
