import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { temporaryFolder } from '../tools/testing/temporary-folder.ts'
import { until } from '../tools/testing/until.ts'

// A long run: FAULTS_ANSWER_KILLS=1000 npm test faults/answer-kill -- --test-timeout=3600000
const kills = Number(process.env['FAULTS_ANSWER_KILLS'] ?? 12)

type Row = Readonly<Record<string, string | number | null>>

const rowsOf = (file: string, query: string): readonly Row[] => {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  try {
    return database.prepare(query).all() as unknown as readonly Row[]
  } finally {
    database.close()
  }
}

/** A process that is started again each time that it was killed; `acknowledged` holds every line that it wrote. */
function startAgain(script: string, files: readonly string[], acknowledged: string[]) {
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn(process.execPath, [join(import.meta.dirname, 'testing/answering', script), ...files], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let rest = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop()!
      acknowledged.push(...lines)
    })
  }
  const kill = async () => {
    if (child === undefined || child.signalCode !== null || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return { start, kill }
}

test(`an event is answered with one command, whichever of the two services is killed: ${kills} times`, async (t) => {
  const folder = temporaryFolder(t)
  const [asks, answered] = [join(folder, 'asker.db'), join(folder, 'answerer.db')]
  const [questions, handled]: [string[], string[]] = [[], []]
  const asker = startAgain('asker.ts', [asks], questions)
  const answerer = startAgain('answerer.ts', [answered, asks], handled)
  t.after(() => Promise.all([asker.kill(), answerer.kill()]))
  await asker.start()
  await until('there is a question', () => questions.length > 0)
  await answerer.start()
  await until('there is an answer', () => handled.length > 0)
  for (let i = 0; i < kills; i++) {
    const [one, told] = i % 2 === 0 ? ([answerer, handled] as const) : ([asker, questions] as const)
    await one.kill()
    const before = told.length
    await one.start()
    // It is at work again, in the middle of something, when the next kill comes.
    await until('the service is at work again', () => told.length > before + (i % 7))
  }
  await asker.kill()
  const asked = rowsOf(asks, 'select event_id, stream from events')
  const count = () => Number(rowsOf(answered, 'select count(*) as n from events')[0]!['n'])
  await until('every question is answered', () => count() >= asked.length)
  await answerer.kill()
  const found = rowsOf(answered, 'select caused_by, stream from events')
  assert.equal(new Set(found.map((row) => row['caused_by'])).size, found.length, 'no question was answered twice')
  assert.deepEqual(new Set(found.map((row) => row['caused_by'])), new Set(asked.map((row) => row['event_id'])))
  const streams = new Set(asked.map((row) => row['stream']))
  for (const id of questions) assert.ok(streams.has(`question-${id}`), `question ${id} was acknowledged`)
  assert.deepEqual(rowsOf(answered, 'select * from parked_events'), [])
  t.diagnostic(`${asked.length} questions`)
})
