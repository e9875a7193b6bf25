/** What is looked at of a row of an event. */
export interface ChoosableRow {
  readonly topic: string
  readonly partition: number
  readonly command_no: number
  readonly command_index: number
  /** What it takes of a request. */
  readonly bytes: number
}

export interface Limits {
  /** Of all rows together. */
  readonly mostBytes: number
  /** Of those of one partition. It is passed by at most one row, the other by at most one row of each topic. */
  readonly mostBytesPerPartition: number
}

/**
 * Chooses what one turn of the relay carries from the next rows of several partitions, those of a partition together and in order.
 * Of each partition it takes the first rows. If they do not fit together, each topic has a share of the room, so that none waits for the
 * backlog of another; within its share, those go that were recorded first: no partition waits for ever.
 */
export function chooseRows<Row extends ChoosableRow>(
  rows: readonly Row[],
  limits: Limits,
): readonly (readonly Row[])[] {
  const partitions = byPartition(rows).map((some) => withinBytes(some, limits.mostBytesPerPartition))
  if (bytesOf(partitions.flat()) <= limits.mostBytes) return partitions
  const lastOf = lastRows(
    Map.groupBy(partitions.flat(), ({ topic }) => topic),
    limits.mostBytes,
  )
  return partitions.map((some) => upTo(some, lastOf.get(some[0]!.topic)!)).filter(({ length }) => length > 0)
}

/** The last row that each topic sends of its own. What a small topic leaves of its share is the larger ones'. */
function lastRows<Row extends ChoosableRow>(
  topics: ReadonlyMap<string, readonly Row[]>,
  mostBytes: number,
): ReadonlyMap<string, Row> {
  const smallestFirst = [...topics].toSorted(([, a], [, b]) => bytesOf(a) - bytesOf(b))
  let left = mostBytes
  const last = smallestFirst.map(([topic, rows], i) => {
    const share = Math.max(1, left / (smallestFirst.length - i))
    const taken = withinBytes(rows.toSorted(compare), share)
    left -= bytesOf(taken)
    return [topic, taken.at(-1)!] as const
  })
  return new Map(last)
}

/** The rows as they come, cut where another partition begins. */
function byPartition<Row extends ChoosableRow>(rows: readonly Row[]): readonly (readonly Row[])[] {
  const starts = rows.flatMap((row, i) =>
    row.partition === rows[i - 1]?.partition && row.topic === rows[i - 1]?.topic ? [] : [i],
  )
  return starts.map((start, i) => rows.slice(start, starts[i + 1]))
}

/** The first rows, up to the one with which they reach so many bytes. */
function withinBytes<Row extends ChoosableRow>(rows: readonly Row[], mostBytes: number): readonly Row[] {
  let bytes = 0
  for (const [i, row] of rows.entries()) {
    if (bytes >= mostBytes) return rows.slice(0, i)
    bytes += row.bytes
  }
  return rows
}

const bytesOf = (rows: readonly ChoosableRow[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0)

/** In the order in which they were recorded, which is the order in each partition. */
function compare(a: ChoosableRow, b: ChoosableRow): number {
  return a.command_no - b.command_no || a.command_index - b.command_index
}

function upTo<Row extends ChoosableRow>(rows: readonly Row[], last: ChoosableRow): readonly Row[] {
  const i = rows.findIndex((row) => compare(row, last) > 0)
  return i < 0 ? rows : rows.slice(0, i)
}
