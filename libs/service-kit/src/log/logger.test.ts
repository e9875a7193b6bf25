import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { createLogger, describeError } from './logger.ts'
import { logLines } from './testing/log-lines.ts'

const logger = () => {
  const log = logLines()
  return { log, logger: createLogger({ service: 'front-desk', level: 'info', destination: log }) }
}

describe('the log', () => {
  test('says which service wrote a line, and keeps to its level', () => {
    const { log, logger: of } = logger()
    of.debug('not this')
    of.info({ partition: 3 }, 'this')
    assert.deepEqual(
      log.lines.map(({ service, msg, partition }) => ({ service, msg, partition })),
      [{ service: 'front-desk', msg: 'this', partition: 3 }],
    )
  })

  test('holds no person, card or secret, at whatever depth and in whatever case', () => {
    const { log, logger: of } = logger()
    of.info({ email: 'ada@example.com', kept: 1 }, 'top')
    of.info({ a: { b: [{ c: { d: { name: 'Ada', Authorization: 'Bearer mag_x', kept: 2 } } }] } }, 'deep')
    of.info(
      { headers: { cookie: 'x=1', 'set-cookie': ['y=2'] }, card: { cardNumber: 'card digits', cardCode: 'card code' } },
      'more',
    )
    of.child({ token: 'mag_y', kept: 3 }).info('bound')
    assert.doesNotMatch(log.text(), /ada@|Ada|mag_|x=1|y=2|card digits|card code/)
    assert.equal(log.text().match(/"kept":/g)?.length, 3)
  })

  test('is not broken by an object that contains itself', () => {
    const { log, logger: of } = logger()
    const circle: Record<string, unknown> = { kept: 1 }
    circle['self'] = circle
    of.info({ circle }, 'round')
    assert.equal(log.lines[0]?.['msg'], 'round')
  })

  test('tells an error with its code, its facts and what kind its causes were, but not what a driver quoted', () => {
    const { log, logger: of } = logger()
    const driver = Object.assign(new Error("Duplicate entry 'ada@example.com'"), { code: 'ER_DUP_ENTRY' })
    const error = new MagasinError('STORE_UNAVAILABLE', 'the store did not answer', {
      cause: new Error('wrapped', { cause: driver }),
      facts: { attempt: 3 },
    })
    of.error({ err: error }, 'failed')
    const { err } = log.lines[0] as { err: Record<string, unknown> }
    assert.deepEqual(err, {
      type: 'MagasinError',
      code: 'STORE_UNAVAILABLE',
      message: 'the store did not answer',
      facts: { attempt: 3 },
      causes: ['Error', 'ER_DUP_ENTRY'],
    })
    assert.doesNotMatch(log.text(), /ada@/)
  })

  test('tells where an error comes from, unless it passes by itself', () => {
    const stackOf = (code: 'LOG_DAMAGED' | 'INTERNAL' | 'LOG_UNAVAILABLE') =>
      describeError(new MagasinError(code, 'it failed')).stack
    assert.match(stackOf('LOG_DAMAGED')!, /logger\.test\.ts/)
    assert.match(stackOf('INTERNAL')!, /logger\.test\.ts/)
    assert.equal(stackOf('LOG_UNAVAILABLE'), undefined)
  })

  test('does not tell what a driver quoted in an error that nobody wrapped either', () => {
    const { log, logger: of } = logger()
    const message = "Duplicate entry 'ada@example.com' for key 'users.email_key'"
    of.error({ err: Object.assign(new Error(message), { code: 'ER_DUP_ENTRY', sqlState: '23000' }) }, 'failed')
    const { err } = log.lines[0] as { err: Record<string, unknown> }
    assert.deepEqual([err['code'], err['message']], ['ER_DUP_ENTRY', 'the database refused a statement'])
    assert.match(String(err['stack']), /^Error: the database refused a statement\n.*logger\.test\.ts/)
    assert.doesNotMatch(log.text(), /ada@/)
  })

  test('survives whatever is thrown, an error that causes itself too', () => {
    const { log, logger: of } = logger()
    const error = new Error('round')
    error.cause = error
    of.error({ err: error }, 'circle')
    of.error({ err: 'ada@example.com' }, 'text')
    assert.equal(log.lines.length, 2)
    assert.doesNotMatch(log.text(), /ada@/)
  })
})
