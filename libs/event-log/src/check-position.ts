import { MagasinError } from '@magasin/contracts/magasin-error'
import type { PartitionRef, Position } from './event-log.ts'

/** A subscriber's position in a partition. */
export interface PositionAt extends PartitionRef {
  readonly group: string
  readonly position: Position
}

/** Throws LOG_FOREIGN if a position is one of another log. */
export function refuseForeign({ group, position }: PositionAt, logId: string): void {
  if (position.logId !== logId)
    throw new MagasinError(
      'LOG_FOREIGN',
      `${group} has positions in the log ${position.logId}, and this is the log ${logId}: give it its own log back, or begin anew with an empty database of its own: every effect is then done again`,
    )
}

/** Throws POSITION_AHEAD if a position is beyond the end of its partition. */
export function refuseAhead({ group, topic, partition, position: { seq } }: PositionAt, end: number): void {
  if (seq > end)
    throw new MagasinError(
      'POSITION_AHEAD',
      `${group} has seen event ${seq} of ${topic} partition ${partition}, which ends at ${end}: the store was put back to an earlier copy, so put ${group}'s database of the same backup back too`,
      { facts: { topic, partition, position: seq, end } },
    )
}

/** Throws LOG_DIVERGED if the log has another event at a position. What has no id says nothing. */
export function refuseDiverged({ group, topic, partition, position }: PositionAt, eventId: string | undefined): void {
  const { seq, eventId: expected } = position
  if (eventId !== undefined && expected !== null && eventId !== expected)
    throw new MagasinError(
      'LOG_DIVERGED',
      `${group} has seen event ${seq} of ${topic} partition ${partition}, and the log has another event ${seq} there: the store was put back to an earlier copy and went on, so put ${group}'s database of the same backup back too, or begin anew with an empty database of its own: every effect is then done again`,
      { facts: { group, topic, partition, seq } },
    )
}
