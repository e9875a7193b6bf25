import type { TopicDefinition } from '@magasin/contracts/define-family'

/** The settings of a topic on the broker, by their names there: what it is made with, and what it must still have. */
export function topicSettings({ retention }: TopicDefinition): Readonly<Record<string, string>> {
  return {
    'cleanup.policy': 'delete',
    // The broker's clock: a client's that is wrong would have its records expire at once, or never.
    'message.timestamp.type': 'LogAppendTime',
    'retention.ms': String(retention?.ms ?? -1),
    'retention.bytes': String(retention?.bytesPerPartition ?? -1),
    ...(retention && { 'segment.bytes': String(retention.segmentBytes) }),
  }
}
