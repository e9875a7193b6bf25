import { describe } from 'node:test'
import { causeTests } from './causes.ts'
import { largeCommandTests } from './large-commands.ts'
import { lateCommandTests } from './late-commands.ts'
import { commandTests } from './commands.ts'
import { misfitTests } from './misfits.ts'
import { numberTests } from './numbers.ts'
import { positionTests } from './positions.ts'
import { openingTests } from './opening.ts'
import { stateTests } from './state.ts'
import { twoProcessesTests } from './two-processes.ts'
import { uniqueValueTests } from './unique-values.ts'
import { onceOnlyTests } from './once-only.ts'
import type { EventStoreCase } from './event-store-case.ts'

/** What every event store must do, on whatever engine. */
export function eventStoreSuite(engine: EventStoreCase): void {
  describe(`the event store on ${engine.engine}: a command`, () => commandTests(engine))
  describe(`the event store on ${engine.engine}: a repeated command`, () => onceOnlyTests(engine))
  describe(`the event store on ${engine.engine}: numbers`, () => numberTests(engine))
  describe(`the event store on ${engine.engine}: the positions of a command`, () => positionTests(engine))
  describe(`the event store on ${engine.engine}: state`, () => stateTests(engine))
  describe(`the event store on ${engine.engine}: an event that is answered`, () => causeTests(engine))
  describe(`the event store on ${engine.engine}: a late command`, () => lateCommandTests(engine))
  describe(`the event store on ${engine.engine}: a large command`, () => largeCommandTests(engine))
  describe(`the event store on ${engine.engine}: an event that does not fit`, () => misfitTests(engine))
  describe(`the event store on ${engine.engine}: a unique value`, () => uniqueValueTests(engine))
  describe(`the event store on ${engine.engine}: a state table`, () => openingTests(engine))
  describe(`the event store on ${engine.engine}: two processes`, () => twoProcessesTests(engine))
}
