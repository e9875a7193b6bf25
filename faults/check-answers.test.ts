import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkAnswers, countUnanswered, type AnswersEvidence } from './testing/answering/check-answers.ts'

/** Evidence that a test may spoil. */
interface Spoilable {
  acknowledged: string[]
  questions: { eventId: string; stream: string }[]
  answers: { causedBy: string | null; stream: string }[]
  parked: string[]
}

/** Four questions with their answers; of the last one, nobody was told. */
function soundAnswers(): Spoilable {
  const ids = [1, 2, 3, 1001]
  return {
    acknowledged: ['1', '2', '3'],
    questions: ids.map((id) => ({ eventId: `e-${id}`, stream: `question-${id}` })),
    answers: ids.map((id) => ({ causedBy: `e-${id}`, stream: `answers-to-${id}` })),
    parked: [],
  }
}

const plants: readonly {
  readonly title: string
  readonly spoil: (evidence: Spoilable) => void
  readonly says: readonly string[]
}[] = [
  {
    title: 'an acknowledged question that is lost with its answer',
    spoil: ({ questions, answers }) => (questions.splice(1, 1), answers.splice(1, 1)),
    says: ['question 2 was acknowledged and is not there'],
  },
  {
    title: 'a question that is there twice',
    spoil: ({ questions }) => questions.push({ eventId: 'e-4', stream: 'question-2' }),
    says: ['question 2 is there 2 times'],
  },
  {
    title: 'a question without an answer, also one of which nobody was told',
    spoil: ({ answers }) => answers.pop(),
    says: ['question 1001 has 0 answers'],
  },
  {
    title: 'a question that was answered twice',
    spoil: ({ answers }) => answers.push({ ...answers[1]! }),
    says: ['question 2 has 2 answers'],
  },
  {
    title: 'an answer to nothing',
    spoil: ({ answers }) => answers.push({ causedBy: 'e-9', stream: 'answers-to-9' }),
    says: ['question 9 has an answer and is not there'],
  },
  {
    title: 'an answer to another question than it says',
    spoil: ({ answers }) => (answers[1]!.causedBy = 'e-1'),
    says: ['the answer to question 2 names another event'],
  },
  {
    title: 'an answer that does not say to what it is one',
    spoil: ({ answers }) => (answers[1]!.causedBy = null),
    says: ['the answer to question 2 names another event'],
  },
  {
    title: 'a question that was put aside',
    spoil: ({ parked }) => parked.push('question-2'),
    says: ['question-2 is parked'],
  },
]

describe('the checker of answers', () => {
  test('finds nothing wrong where nothing is', () => {
    const sound: AnswersEvidence = soundAnswers()
    assert.deepEqual(checkAnswers(sound), [])
    assert.equal(countUnanswered(sound), 0)
  })

  for (const { title, spoil, says } of plants)
    test(`finds ${title}`, () => {
      const evidence = soundAnswers()
      spoil(evidence)
      assert.deepEqual(checkAnswers(evidence), says)
    })

  test('waits for every question, also if another has two answers', () => {
    const { questions, answers } = soundAnswers()
    answers[1] = { ...answers[0]! }
    assert.equal(countUnanswered({ questions, answers }), 1)
  })
})
