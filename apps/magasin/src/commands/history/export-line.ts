import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'

/**
 * One event of an exported history, as JSON: the lab's fields, then those of `recordNames`.
 * The stored value is JSON text already and is spliced, not parsed: at a million events that is half of the time.
 */
export function exportLine(record: EventRecord): string {
  const { topic, partition, seq, value, causedBy } = record
  if (!value.startsWith('{"') || !value.endsWith('}'))
    throw new MagasinError(
      'EVENT_INVALID',
      `${topic} partition ${partition}: the value of event ${seq} is not a JSON object`,
    )
  const place = `"topic":${JSON.stringify(topic)},"partition":${partition},"seq":${seq}`
  const command = `"command_no":${record.commandNo},"command_index":${record.commandIndex}`
  const stream = `"stream":${JSON.stringify(record.stream)},"stream_version":${record.streamVersion}`
  const event = `"schema_version":${record.schemaVersion},"event_id":${JSON.stringify(record.eventId)}`
  const cause = causedBy === null ? '' : `,"caused_by":${JSON.stringify(causedBy)}`
  return `${value.slice(0, -1)},${place},${command},${stream},${event}${cause}}`
}
