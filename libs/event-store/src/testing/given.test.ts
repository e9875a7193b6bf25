import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given } from './given.ts'
import { create, people, remove } from './people.ts'
import { book, busTable, cancel, seatsTable, tripTable } from './trips.ts'

describe('a command that is tried without a database', () => {
  const trip = [tripTable, { id: 7, member: 42, booked_at: '' }] as const
  const seats = [seatsTable, { trip: 7, bus: 3, count: 1 }, { trip: 7, bus: 1, count: 2 }] as const
  const buses = [busTable, { bus: 1, taken: 2 }, { bus: 3, taken: 1 }] as const

  test('reads in waves as in a store', () => {
    const { events, answer } = given(trip, seats, buses).when(cancel(7))
    const back = [
      { bus: 1, count: 2 },
      { bus: 3, count: 1 },
    ]
    assert.deepEqual(events, [{ type: 'TripCancelled', data: { id: 7, seats: back } }])
    assert.deepEqual(answer, { buses: [1, 3] })
    assert.throws(() => given(trip, seats, buses).when(cancel(8)), { code: 'TRIP_NOT_FOUND' })
  })

  test('has its events projected as in a store, with what a projection finds', () => {
    const booking = book({ id: 8, member: 43, seats: [{ bus: 1, count: 1 }] })
    assert.equal(given(trip, seats, buses).when(booking).answer.id, 8)
    const unaware = { ...booking, reads: [{ table: tripTable, where: { member: 43 } }] }
    assert.throws(() => given(trip, seats, buses).when(unaware), /buses by bus that it did not declare to read/)
  })

  test('sees only what it declared, of tables that the store has', () => {
    assert.throws(() => given([people]).when({ ...create(1), reads: [] }), /did not declare/)
    assert.throws(() => given().when(create(1)), /without a state table called people/)
    assert.throws(() => given([people]).when(remove(1)), { code: 'MEMBER_NOT_FOUND' })
  })
})
