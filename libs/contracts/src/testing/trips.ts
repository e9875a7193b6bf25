import Type from 'typebox'
import { Catalogue } from '../catalogue.ts'
import { defineFamily, type EventOf } from '../define-family.ts'
import { defineErrors } from '../error-kinds.ts'
import { clubErrors, members, visits } from './members.ts'

// Events that concern several things at once: a club's trip takes seats in several buses, and gives them back.

const id = Type.Integer({ minimum: 1 })
const seats = Type.Array(Type.Object({ bus: id, count: Type.Integer() }, { additionalProperties: false }))

export const trips = defineFamily({
  topic: 'trip-events',
  owner: 'club',
  streamOf: (data) => `trip-${data.id}`,
  events: {
    TripBooked: {
      schemaVersion: 1,
      schema: Type.Object({ id, member: id, seats }, { additionalProperties: false }),
      beginsStream: true,
      sample: { id: 7, member: 42, seats: [{ bus: 1, count: 2 }] },
    },
    TripCancelled: {
      schemaVersion: 1,
      schema: Type.Object({ id, seats }, { additionalProperties: false }),
      sample: { id: 7, seats: [{ bus: 1, count: 2 }] },
    },
  },
})

export type TripEvent = EventOf<typeof trips>

export const tripErrors = defineErrors({ ALREADY_BOOKED: {}, TRIP_NOT_FOUND: {} })

/** A club that goes on trips. */
export const travelClub = new Catalogue({
  families: [members, visits, trips],
  errors: { ...clubErrors, ...tripErrors },
})
