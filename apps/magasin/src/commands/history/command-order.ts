import type { EventRecord } from '@magasin/contracts/event-record'
import { MagasinError } from '@magasin/contracts/magasin-error'

/** The place of an event in the order in which a store recorded: commands count from 1, the events of one from 0. */
export type CommandPlace = Pick<EventRecord, 'commandNo' | 'commandIndex'>

/**
 * Proves of a history, page by page while it is written, that its events come in the order in which they happened, and finds the first
 * that is missing between two of them. Partitions cannot tell that: each is whole by itself if a topic is left out, or if two are
 * mixed in the wrong order.
 */
export class CommandOrder {
  #last: CommandPlace = { commandNo: 0, commandIndex: 0 }
  #firstMissing: CommandPlace | null = null

  /** Takes the next events. Throws LOG_DAMAGED for one that happened before the one that was taken last. */
  take(page: readonly EventRecord[]): void {
    for (const record of page) {
      const { commandNo, commandIndex } = record
      const last = this.#last
      const isSameCommand = commandNo === last.commandNo
      if (commandNo < last.commandNo || (isSameCommand && commandIndex <= last.commandIndex))
        throw outOfOrder(record, last)
      const next = isSameCommand ? last.commandIndex + 1 : 0
      if (commandIndex !== next || commandNo > last.commandNo + 1) this.#firstMissing ??= placeAfter(last, commandNo)
      this.#last = { commandNo, commandIndex }
    }
  }

  /** The last command that was taken; 0 if none was. */
  get lastCommand(): number {
    return this.#last.commandNo
  }

  /**
   * The first event that is not there, although a later one is; null if every command is there. Of the history of some topics of a
   * store it says nothing: the others have the rest.
   */
  get firstMissing(): CommandPlace | null {
    return this.#firstMissing
  }
}

function placeAfter({ commandNo, commandIndex }: CommandPlace, found: number): CommandPlace {
  return found === commandNo
    ? { commandNo, commandIndex: commandIndex + 1 }
    : { commandNo: commandNo + 1, commandIndex: 0 }
}

function outOfOrder({ topic, partition, seq, commandNo, commandIndex }: EventRecord, last: CommandPlace): MagasinError {
  return new MagasinError(
    'LOG_DAMAGED',
    `${topic} partition ${partition}: event ${seq} is number ${commandIndex} of command ${commandNo}, and was read after number ${last.commandIndex} of command ${last.commandNo}`,
    { facts: { topic, partition, seq } },
  )
}
