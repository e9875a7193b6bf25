import { Catalogue } from '@magasin/contracts/catalogue'
import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import Type from 'typebox'

const data = Type.Object({ id: Type.Integer({ minimum: 1 }) }, { additionalProperties: false })

/** What one service asks, each time once. */
export const questions = defineFamily({
  topic: 'question-events',
  owner: 'asker',
  streamOf: ({ id }) => `question-${id}`,
  events: { Asked: { schemaVersion: 1, schema: data, beginsStream: true, sample: { id: 1 } } },
})

/** What another service answers, by commands of its own store. */
export const answers = defineFamily({
  topic: 'answer-events',
  owner: 'answerer',
  streamOf: ({ id }) => `answers-to-${id}`,
  events: { Answered: { schemaVersion: 1, schema: data, sample: { id: 1 } } },
})

export type QuestionEvent = EventOf<typeof questions>
export type AnswerEvent = EventOf<typeof answers>

export const catalogue = new Catalogue({ families: [questions, answers] })
