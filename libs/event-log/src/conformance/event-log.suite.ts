import { describe } from 'node:test'
import type { EventLogCase } from './event-log-case.ts'
import { historyTests } from './history.ts'
import { readTests } from './read.ts'
import { subscribeTests } from './subscribe.ts'

/** What every log must do, whatever carries it. */
export function eventLogSuite(adapter: EventLogCase): void {
  describe(`the log on ${adapter.adapter}: reading`, () => readTests(adapter))
  describe(`the log on ${adapter.adapter}: a history`, () => historyTests(adapter))
  describe(`the log on ${adapter.adapter}: a subscription`, () => subscribeTests(adapter))
}
