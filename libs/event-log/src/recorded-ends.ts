/** By topic and partition the seq of an event: the last one that was recorded, as far as the one who tells it knows. */
export type RecordedEnds = ReadonlyMap<string, ReadonlyMap<number, number>>

/** The last seq of each partition among these events. */
export function endsOf(
  events: Iterable<{ readonly topic: string; readonly partition: number; readonly seq: number }>,
): RecordedEnds {
  const ends = new Map<string, Map<number, number>>()
  for (const { topic, partition, seq } of events) {
    const ofTopic = ends.get(topic) ?? new Map<number, number>()
    ends.set(topic, ofTopic.set(partition, Math.max(seq, ofTopic.get(partition) ?? 0)))
  }
  return ends
}
