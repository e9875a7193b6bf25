import { defineFamily, type Family } from '@magasin/contracts/define-family'
import type { EventStore } from '@magasin/event-store/event-store'
import Type from 'typebox'

const note = Type.Object(
  { id: Type.Integer({ minimum: 1 }), text: Type.String({ maxLength: 200 }) },
  { additionalProperties: false },
)

/** So many families of one owner, each with a topic and an event of its own: what a store has that records more than users. */
export function noteFamilies(count: number, owner: string): readonly Family[] {
  return Array.from({ length: count }, (_, i) =>
    defineFamily({
      topic: `note-${i + 1}-events`,
      owner,
      streamOf: ({ id }) => `note-${i + 1}-${id}`,
      events: { [`Note${i + 1}Taken`]: { schemaVersion: 1, schema: note, sample: { id: 1, text: 'a sledge' } } },
    }),
  )
}

/** The type of every event of these families. */
export const typesOf = (families: readonly Family[]): readonly string[] =>
  families.flatMap(({ events }) => Object.keys(events))

/** Records so many events in the topic of each family, each in a stream and by a command of its own. */
export async function takeNotes(store: EventStore, families: readonly Family[], count: number): Promise<void> {
  for (const type of typesOf(families)) {
    const take = (id: number) => ({
      reads: [],
      decide: () => ({ events: [{ type, data: { id, text: 'a sledge, and snow' } }], answer: null }),
    })
    await Promise.all(Array.from({ length: count }, (_, i) => store.execute(take(i + 1))))
  }
}
