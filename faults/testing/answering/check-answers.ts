/** What the asker was told, and all that the two services hold which are at rest. */
export interface AnswersEvidence {
  /** The ids of the questions of which somebody was told that they are asked. */
  readonly acknowledged: readonly string[]
  readonly questions: readonly { readonly eventId: string; readonly stream: string }[]
  readonly answers: readonly { readonly causedBy: string | null; readonly stream: string }[]
  /** The streams of the events that the answerer put aside. */
  readonly parked: readonly string[]
}

/**
 * Whether every acknowledged question is there, and every question that is there has one answer, which names its event; and nothing
 * else is there. The answer is what is wrong, each in a sentence.
 */
export function checkAnswers({ acknowledged, questions, answers, parked }: AnswersEvidence): readonly string[] {
  const asked = Map.groupBy(questions, ({ stream }) => idOf(stream))
  const answered = Map.groupBy(answers, ({ stream }) => idOf(stream))
  const isOfAnother = ({ stream, causedBy }: AnswersEvidence['answers'][number]) =>
    asked.get(idOf(stream))?.every(({ eventId }) => eventId !== causedBy) === true
  return [
    ...acknowledged.filter((id) => !asked.has(id)).map((id) => `question ${id} was acknowledged and is not there`),
    ...[...asked].flatMap(([id, { length }]) => (length === 1 ? [] : [`question ${id} is there ${length} times`])),
    ...[...asked.keys()].flatMap((id) => {
      const { length } = answered.get(id) ?? []
      return length === 1 ? [] : [`question ${id} has ${length} answers`]
    }),
    ...[...answered.keys()].filter((id) => !asked.has(id)).map((id) => `question ${id} has an answer and is not there`),
    ...answers.filter(isOfAnother).map(({ stream }) => `the answer to question ${idOf(stream)} names another event`),
    ...parked.map((stream) => `${stream} is parked`),
  ]
}

/** How many questions have no answer yet. */
export function countUnanswered({ questions, answers }: Pick<AnswersEvidence, 'questions' | 'answers'>): number {
  const answered = new Set(answers.map(({ stream }) => idOf(stream)))
  return questions.filter(({ stream }) => !answered.has(idOf(stream))).length
}

const idOf = (stream: string): string => stream.slice(stream.lastIndexOf('-') + 1)
