import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findFlaw } from '../testing/find-flaw.ts'
import type { EventStoreCase } from './event-store-case.ts'

const rival = fileURLToPath(new URL('../testing/rival.ts', import.meta.url))

export function twoProcessesTests({ open, readTogether }: EventStoreCase): void {
  test('each "mine if yours is not there", both decided before one writes: one wins', async (t) => {
    const { database, store, location } = await open(t)
    await (await store()).close()
    const rivals = [
      { mine: 1, yours: 2 },
      { mine: 2, yours: 1 },
    ].map((wanted) => {
      const child = fork(rival, { stdio: 'inherit' })
      t.after(() => child.kill())
      child.send({ location, ...wanted })
      return { child, decided: next(child), outcome: outcomeOf(child) }
    })
    // Where one transaction at a time reads, the other one decides only when the first is done.
    const decided = rivals.map(({ decided: told }) => told)
    await (readTogether ? Promise.all(decided) : Promise.race(decided))
    for (const { child, decided: told } of rivals)
      void told.then((message) => message === 'decided' && child.send('write'))
    const outcomes = await Promise.all(rivals.map(({ outcome }) => outcome))
    assert.deepEqual(outcomes.toSorted(), ['CONTACT_TAKEN', 'done'])
    assert.equal((await database.reader.selectFrom('people').select('id').execute()).length, 1)
    assert.equal(await findFlaw(database), undefined)
  })
}

async function next(child: ChildProcess): Promise<unknown> {
  return (await once(child, 'message'))[0]
}

function outcomeOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'outcome' in message) resolve(String(message.outcome))
    })
    child.on('exit', () => reject(new Error('the process ended without an outcome')))
  })
}
