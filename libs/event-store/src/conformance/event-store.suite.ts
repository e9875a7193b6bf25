import { describe } from 'node:test'
import { commandTests } from './commands.ts'
import { numberTests } from './numbers.ts'
import { stateTests } from './state.ts'
import { onceOnlyTests } from './once-only.ts'
import type { EventStoreCase } from './event-store-case.ts'

/** What every event store must do, on whatever engine. */
export function eventStoreSuite(engine: EventStoreCase): void {
  describe(`the event store on ${engine.engine}: a command`, () => commandTests(engine))
  describe(`the event store on ${engine.engine}: a repeated command`, () => onceOnlyTests(engine))
  describe(`the event store on ${engine.engine}: numbers`, () => numberTests(engine))
  describe(`the event store on ${engine.engine}: state`, () => stateTests(engine))
}
