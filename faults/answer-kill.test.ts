import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { noKafka } from '@magasin/event-log/testing/kafka-topic'
import { skipWithoutMysql } from '@magasin/sql/testing/mysql-server'
import { until } from '../tools/testing/until.ts'
import { checkAnswers, countUnanswered, type AnswersEvidence } from './testing/answering/check-answers.ts'
import { collectAnswers } from './testing/answering/collect-answers.ts'
import { createMortal } from './testing/answering/mortal.ts'
import { mariadbAndKafka, sqlite, type AnsweringSite } from './testing/answering/sites.ts'

// A long run: FAULTS_ANSWER_KILLS=1000 npm test faults/answer-kill -- --test-timeout=7200000
const wanted = process.env['FAULTS_ANSWER_KILLS']

/** Starts both services, the answerer in the mode that is named; they are at work when it resolves. */
async function startBoth(t: TestContext, setUp: (t: TestContext) => AnsweringSite, mode?: string) {
  // First, so that they end before their databases do.
  const [asker, answerer] = [createMortal(t, 'asker'), createMortal(t, 'answerer')]
  const { place, forgetDead } = setUp(t)
  asker.start(place)
  await asker.works()
  answerer.start(place, mode)
  await answerer.works()
  return {
    asker: { die: asker.die, start: () => asker.start(place), works: asker.works },
    answerer: {
      async die(moment: Parameters<typeof answerer.die>[0]) {
        await answerer.die(moment)
        await forgetDead()
      },
      start: () => answerer.start(place, mode),
      works: answerer.works,
    },
    /** Lets every question be answered and nothing more be asked, ends both, and resolves with what there is then. */
    async rest(): Promise<AnswersEvidence> {
      await Promise.all([asker.die(), answerer.die()])
      await forgetDead()
      // SQLite shows a commit after its flush. One that was killed during the flush comes to light when nobody else has the file open.
      await collectAnswers(place)
      asker.start(place, 'silent')
      answerer.start(place, mode)
      let left: number | undefined
      const isAnswered = async () => (left = countUnanswered(await collectAnswers(place))) === 0
      await until(() => `every question is answered: ${left} are not`, isAnswered, { everyMs: 200 })
      await Promise.all([asker.die(), answerer.die()])
      return { acknowledged: asker.told, ...(await collectAnswers(place)) }
    },
  }
}

const both = [
  { ...sqlite, skip: false },
  { ...mariadbAndKafka, skip: skipWithoutMysql || noKafka },
]

for (const { name, skip, moments, setUp, kills } of both)
  describe(`two services on ${name}`, { skip }, () => {
    const count = Number(wanted ?? kills)
    test(`an event is answered with one command, whichever of the two is killed: ${count} times`, async (t) => {
      const { rest, ...services } = await startBoth(t, setUp)
      const took = { asker: 0, answerer: 0 }
      for (let i = 0; i < count; i++) {
        const which = i % 2 === 0 ? 'answerer' : 'asker'
        const started = performance.now()
        await services[which].die(moments[which][(i >> 1) % moments[which].length])
        services[which].start()
        // It is at work again, in the middle of something, when the next kill comes.
        await services[which].works(1 + (i % 7))
        took[which] += performance.now() - started
      }
      const evidence = await rest()
      assert.deepEqual(checkAnswers(evidence), [])
      const msOf = (which: keyof typeof took) => Math.round(took[which] / Math.max(1, count / 2))
      t.diagnostic(`${evidence.questions.length} questions`)
      t.diagnostic(`a kill of the asker took ${msOf('asker')} ms, one of the answerer ${msOf('answerer')} ms`)
    })

    test('an answerer whose position moves after its command, not with it, is found to answer twice', async (t) => {
      const { answerer, rest } = await startBoth(t, setUp, 'careless')
      await answerer.die('committed')
      answerer.start()
      // So many that every partition has come on, that of the repeated question too.
      await answerer.works(20)
      const violations = checkAnswers(await rest())
      assert.ok(violations.length > 0, 'nobody noticed')
      for (const violation of violations) assert.match(violation, /^question \d+ has 2 answers$/)
    })
  })
