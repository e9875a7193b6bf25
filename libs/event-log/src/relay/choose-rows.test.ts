import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chooseRows } from './choose-rows.ts'

/** Rows of a partition, each of ten bytes, by the numbers of their commands. */
const rowsOf = (topic: string, partition: number, commands: readonly number[]) =>
  commands.map((command_no) => ({ topic, partition, command_no, command_index: 0, bytes: 10 }))

const chosen = (rows: Parameters<typeof chooseRows>[0], mostBytes: number, mostBytesPerPartition = 1_000) =>
  chooseRows(rows, { mostBytes, mostBytesPerPartition }).map((some) => some.map(({ command_no }) => command_no))

describe('what a turn of the relay carries', () => {
  const rows = [...rowsOf('a', 0, [1, 4, 9]), ...rowsOf('a', 1, [2, 3]), ...rowsOf('b', 1, [5, 6, 7, 8])]

  test('is everything, partition by partition, if it fits', () => {
    assert.deepEqual(chosen(rows, 1_000), [
      [1, 4, 9],
      [2, 3],
      [5, 6, 7, 8],
    ])
    assert.deepEqual(chosen([], 1_000), [])
  })

  test('is what was recorded first of each topic, if not all of it fits together', () => {
    assert.deepEqual(chosen(rows, 60), [[1], [2, 3], [5, 6, 7]])
    assert.deepEqual(chosen(rows.slice(0, 5), 35), [
      [1, 4],
      [2, 3],
    ])
    assert.deepEqual(chosen(rows, 15), [[1], [5]])
  })

  test('has all of a topic with few events, however many older ones wait in another; those have the rest', () => {
    const backlog = rowsOf('a', 0, [1, 2, 3, 4, 5, 6, 7, 8])
    assert.deepEqual(chosen([...backlog, ...rowsOf('b', 0, [20])], 60), [[1, 2, 3, 4, 5], [20]])
  })

  test('is the first rows of a partition, if its rows do not fit', () => {
    assert.deepEqual(chosen(rows, 1_000, 25), [
      [1, 4, 9],
      [2, 3],
      [5, 6, 7],
    ])
    assert.deepEqual(chosen(rows, 1_000, 20), [
      [1, 4],
      [2, 3],
      [5, 6],
    ])
  })

  test('is one row at least, however large, and passes a limit by no more than one', () => {
    assert.deepEqual(chosen(rows, 1), [[1], [5]])
    assert.deepEqual(chosen(rows, 1_000, 1), [[1], [2], [5]])
    const ofOneCommand = [0, 1, 2].map((command_index) => ({ ...rows[0]!, command_index }))
    assert.deepEqual(chosen(ofOneCommand, 15), [[1, 1]])
  })
})
