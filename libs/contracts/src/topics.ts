/** What a topic is made with. The partition count can never change: it decides where each stream lives. */
export interface TopicDefinition {
  readonly partitions: number
  /** How long a broker keeps records; null keeps them for ever. The event table always keeps them. */
  readonly retention: { readonly ms: number; readonly bytesPerPartition: number; readonly segmentBytes: number } | null
}

/**
 * Every topic of the shop: one per family of events, never one per event type, so that what happens to one stream stays in order.
 * Eight partitions: more than the subscribers a small shop runs, few enough that an idle topic costs nothing.
 */
export const topics = {
  'user-events': {
    partitions: 8,
    // The lab's setting: a week or 1 GiB, whichever is reached first.
    retention: { ms: 168 * 3_600_000, bytesPerPartition: 1_073_741_824, segmentBytes: 200_000_000 },
  },
} as const satisfies Record<string, TopicDefinition>

export type TopicName = keyof typeof topics

export const topicNames = Object.keys(topics) as readonly TopicName[]

/** Whether `name` is a topic of the shop. */
export function isTopicName(name: string): name is TopicName {
  return Object.hasOwn(topics, name)
}
