import { defineFamily, type EventOf } from '@magasin/contracts/define-family'
import type { Command } from '@magasin/event-store/command'
import type { StateTable } from '@magasin/event-store/state-table'
import Type from 'typebox'

const wish = Type.Object(
  { id: Type.Integer({ minimum: 1 }), user_id: Type.Integer({ minimum: 1 }), text: Type.String({ maxLength: 200 }) },
  { additionalProperties: false },
)

/** What users wish for. */
export const wishes = defineFamily({
  topic: 'wish-events',
  owner: 'store-manager',
  streamOf: ({ id }) => `wish-${id}`,
  events: {
    WishMade: { schemaVersion: 1, schema: wish, beginsStream: true, sample: { id: 7, user_id: 42, text: 'a sledge' } },
    WishGranted: { schemaVersion: 1, schema: wish, sample: { id: 7, user_id: 42, text: 'a sledge' } },
  },
})

export type WishEvent = EventOf<typeof wishes>

export type WishRow = { readonly id: number; readonly user_id: number; readonly text: string }

/** The wishes that are open: only these events change them. */
export const openWishes: StateTable<WishRow, WishEvent> = {
  name: 'open_wishes',
  key: ['id'],
  indexes: ['user_id'],
  projections: {
    WishMade: ({ id, user_id, text }) => [{ put: { id, user_id, text } }],
    WishGranted: ({ id }) => [{ remove: { id } }],
  },
}

/** Makes a wish, which gets an id of its own. */
export function makeWish(user_id: number, text: string): Command<{ readonly wish_id: number }> {
  return {
    newId: 'wish',
    reads: [],
    decide(_state, { id }) {
      const made: WishEvent = { type: 'WishMade', data: { id, user_id, text } }
      return { events: [made], answer: { wish_id: id } }
    },
  }
}

/** Grants all that a user wishes for, at once. */
export function grantWishes(user_id: number): Command<{ readonly granted: number }> {
  return {
    reads: [{ table: openWishes, where: { user_id } }],
    decide(state) {
      const granted = state.list(openWishes, { user_id }).map((data): WishEvent => ({ type: 'WishGranted', data }))
      return { events: granted, answer: { granted: granted.length } }
    },
  }
}
