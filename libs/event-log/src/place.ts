import type { PartitionRef } from './event-log.ts'

/** A partition as one text, for a key: `loan-events/3`. */
export const placeOf = ({ topic, partition }: PartitionRef): string => `${topic}/${partition}`
