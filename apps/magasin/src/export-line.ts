import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'

/**
 * One event of an exported history, as JSON: the lab's fields, then topic, partition, seq, commit, version, event_id.
 * The stored value is JSON text already and is spliced, not parsed: at a million events that is half of the time.
 */
export function exportLine(record: EventRecord): string {
  const { topic, partition, seq, commit, streamVersion, id, value } = record
  if (!value.startsWith('{"') || !value.endsWith('}'))
    throw new MagasinError(
      'EVENT_INVALID',
      `${topic} partition ${partition}: the value of event ${seq} is not a JSON object`,
    )
  return `${value.slice(0, -1)},"topic":${JSON.stringify(topic)},"partition":${partition},"seq":${seq},"commit":${commit},"version":${streamVersion},"event_id":${JSON.stringify(id)}}`
}
