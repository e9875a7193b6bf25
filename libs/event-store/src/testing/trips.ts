import { MagasinError } from '@magasin/contracts/magasin-error'
import { tripErrors, type TripEvent } from '@magasin/contracts/testing/trips'
import { sql, type Kysely } from 'kysely'
import type { Command, Lookup } from '../commands/command.ts'
import type { StateTable } from '../state-table.ts'

// What orders need of an event store: an event that changes several rows, rows by two columns and by one that is not unique, and a
// decision that knows what to read only when it has read something.

type TripRow = { readonly id: number; readonly member: number; readonly booked_at: string }
type SeatsRow = { readonly trip: number; readonly bus: number; readonly count: number }
type BusRow = { readonly bus: number; readonly taken: number }

export const tripTable: StateTable<TripRow, TripEvent> = {
  name: 'trips',
  key: ['id'],
  indexes: ['member'],
  projections: {
    TripBooked: ({ id, member }, { time }) => [{ put: { id, member, booked_at: time } }],
    TripCancelled: ({ id }) => [{ remove: { id } }],
  },
}

export const seatsTable: StateTable<SeatsRow, TripEvent> = {
  name: 'trip_seats',
  key: ['trip', 'bus'],
  indexes: ['trip'],
  projections: {
    TripBooked: ({ id, seats }) => seats.map(({ bus, count }) => ({ put: { trip: id, bus, count } })),
    TripCancelled: ({ id, seats }) => seats.map(({ bus }) => ({ remove: { trip: id, bus } })),
  },
}

export const busTable: StateTable<BusRow, TripEvent> = {
  name: 'buses',
  key: ['bus'],
  projections: {
    TripBooked: ({ seats }, { find }) =>
      seats.map(({ bus, count }) => ({ put: { bus, taken: (find({ bus })?.taken ?? 0) + count } })),
    TripCancelled: ({ seats }, { find }) =>
      seats.map(({ bus, count }) => ({ put: { bus, taken: find({ bus })!.taken - count } })),
  },
}

export const tripTables = [tripTable, seatsTable, busTable] as readonly StateTable[]

/** With foreign keys: rows are written and deleted in an order that respects them. */
export async function createTripTables(db: Kysely<never>): Promise<void> {
  for (const statement of [
    'create table trips (id integer primary key, member integer not null, booked_at varchar(24) not null)',
    'create index trips_of_member on trips (member)',
    `create table trip_seats (trip integer not null, bus integer not null, count integer not null, primary key (trip, bus),
      foreign key (trip) references trips (id))`,
    'create table buses (bus integer primary key, taken integer not null)',
  ])
    await sql.raw(statement).execute(db)
}

export type Seats = readonly { readonly bus: number; readonly count: number }[]

export interface Booking {
  readonly id: number
  readonly member: number
  readonly seats: Seats
}

const busesOf = (seats: Seats): readonly Lookup[] => seats.map(({ bus }) => ({ table: busTable, where: { bus } }))

/** A member goes on one trip at a time. */
export function book({ id, member, seats }: Booking): Command<{ id: number }> {
  return {
    reads: [...busesOf(seats), { table: tripTable, where: { member } }],
    decide(state) {
      if (state.list(tripTable, { member }).length > 0)
        throw new MagasinError(tripErrors.ALREADY_BOOKED, `member ${member} goes on a trip already`)
      return { events: [{ type: 'TripBooked', data: { id, member, seats } }], answer: { id } }
    },
  }
}

/** Gives the seats back; in which buses they are is known only when the trip was read. */
export function cancel(id: number): Command<{ buses: number[] }> {
  return {
    reads: (soFar) => [
      { table: tripTable, where: { id } },
      { table: seatsTable, where: { trip: id } },
      ...busesOf(soFar.list(seatsTable, { trip: id })),
    ],
    decide(state) {
      const trip = state.find(tripTable, { id })
      if (trip === undefined) throw new MagasinError(tripErrors.TRIP_NOT_FOUND, `there is no trip ${id}`)
      const seats = state.list(seatsTable, { trip: id }).map(({ bus, count }) => ({ bus, count }))
      return {
        events: [{ type: 'TripCancelled', data: { id, seats } }],
        answer: { buses: seats.map(({ bus }) => bus) },
      }
    },
  }
}
