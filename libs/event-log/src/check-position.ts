import { MagasinError } from '@magasin/contracts/magasin-error'
import type { Position } from './event-log.ts'

/** Throws LOG_FOREIGN or POSITION_AHEAD when a position cannot be one of this partition of this log. */
export function checkPosition(
  position: Position | undefined,
  log: {
    readonly logId: string
    readonly group: string
    readonly topic: string
    readonly partition: number
    readonly end: number
  },
): void {
  const { logId, group, topic, partition, end } = log
  if (position === undefined) return
  if (position.logId !== logId)
    throw new MagasinError(
      'LOG_FOREIGN',
      `${group} has positions in the log ${position.logId}, and this is the log ${logId}: give it its own log back, or begin anew with an empty database of its own`,
    )
  if (position.seq > end)
    throw new MagasinError(
      'POSITION_AHEAD',
      `${group} has seen event ${position.seq} of ${topic} partition ${partition}, which ends at ${end}: the store was put back to an earlier copy, so put ${group}'s database of the same backup back too`,
      { facts: { topic, partition, position: position.seq, end } },
    )
}
