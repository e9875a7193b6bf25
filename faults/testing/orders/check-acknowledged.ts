import { orderIn, summedLines, textOf, type AcknowledgedCommand, type HistoryLine } from './evidence.ts'

/** Of the acknowledged commands, which are not in the history exactly once; of its events, which nobody asked for. */
export function checkAcknowledged(
  acknowledged: readonly AcknowledgedCommand[],
  history: readonly HistoryLine[],
): readonly string[] {
  const asked = countsOf(acknowledged.map(nameOfCommand))
  const found = countsOf(history.flatMap(nameOfEvent))
  return [...new Set([...asked.keys(), ...found.keys()])].flatMap((name) => {
    // Paying twice is acknowledged twice, and happens once.
    const wanted = Math.min(asked.get(name) ?? 0, name.startsWith('OrderPaid') ? 1 : Infinity)
    const had = found.get(name) ?? 0
    if (had === wanted) return []
    if (had === 0) return [`history: ${name} is missing`]
    if (wanted === 0) return [`history: nobody asked for ${name}`]
    return [`history: ${name} is there ${had} times instead of ${wanted}`]
  })
}

function nameOfCommand(command: AcknowledgedCommand): string {
  if (command.event === 'StockSet') return `StockSet of product ${command.product_id} to ${command.quantity}`
  if (command.event === 'ProductCreated') return `ProductCreated ${command.id} for ${command.price_cents}`
  if (command.event !== 'OrderPlaced') return `${command.event} ${command.id}`
  return `OrderPlaced ${command.id} of user ${command.user_id} (${textOf(summedLines(command.lines))})`
}

/** None for what only follows from another event. */
function nameOfEvent(line: HistoryLine): readonly string[] {
  const [id, event] = [Number(line['id']), line.event]
  if (event === 'StockReserved' || event === 'StockReleased') return []
  if (event === 'StockSet') return [`StockSet of product ${Number(line['product_id'])} to ${Number(line['quantity'])}`]
  if (event === 'ProductCreated') return [`ProductCreated ${id} for ${Number(line['price_cents'])}`]
  if (event !== 'OrderPlaced') return [`${event} ${id}`]
  return [`OrderPlaced ${id} of user ${orderIn(line).user_id} (${textOf(orderIn(line).items)})`]
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]))
}
