import type { Document, Ranked } from '@magasin/read-models/read-model-store'
import type { ReadModelsEvidence } from './evidence.ts'
import { foldReports } from './fold-reports.ts'

// As many as a report of the API has.
const reported = 10

/** Every difference between what read models answer and what a fold of the whole history says. Sentences name numbers, never a person. */
export function checkReadModels({ history, answered }: ReadModelsEvidence): readonly string[] {
  const folded = foldReports(history)
  const { spent, sold, products, stock, reports } = answered
  return [
    ...checkRanking('spent', folded.spent, spent),
    ...checkRanking('sold', folded.sold, sold),
    ...checkRecords('product', folded.products, products),
    ...checkRecords('stock of product', folded.products, stock),
    ...checkOrder('stock', stock.map(leftOf)),
    ...checkReport('highest spenders', folded.spent, reports.highestSpenders),
    ...checkReport('best sellers', folded.sold, reports.bestSellers),
  ]
}

function checkRanking(name: string, folded: readonly Ranked[], answered: readonly Ranked[]): readonly string[] {
  const scores = (ranking: readonly Ranked[]) => new Map(ranking.map(({ member, score }) => [member, score]))
  const [wanted, found] = [scores(folded), scores(answered)]
  return [
    ...repeats(name, answered.length - found.size),
    ...namesIn(wanted, found)
      .filter((member) => wanted.get(member) !== found.get(member))
      .map(
        (member) =>
          `${name}: ${member} has ${found.get(member) ?? 'nothing'} instead of ${wanted.get(member) ?? 'nothing'}`,
      ),
    ...checkOrder(
      name,
      answered.map(({ member, score }) => ({ key: member, value: -score })),
    ),
  ]
}

function checkRecords(name: string, folded: readonly Document[], answered: readonly Document[]): readonly string[] {
  const documents = (all: readonly Document[]) => new Map(all.map(({ key, fields }) => [key, fields]))
  const [wanted, found] = [documents(folded), documents(answered)]
  return [
    ...repeats(name, answered.length - found.size),
    ...namesIn(wanted, found).flatMap((key) => {
      const [right, is] = [wanted.get(key), found.get(key)]
      if (is === undefined) return [`${name} ${key} is missing`]
      if (right === undefined) return [`${name} ${key} is there and should be gone`]
      return [...new Set([...Object.keys(right), ...Object.keys(is)])]
        .filter((field) => right[field] !== is[field])
        .map((field) => `${name} ${key}: ${field} is ${is[field] ?? 'unset'} instead of ${right[field] ?? 'unset'}`)
    }),
  ]
}

/** The lowest value first, among equals the lowest key. */
function checkOrder(name: string, entries: readonly { readonly key: number; readonly value: number }[]) {
  return entries.slice(1).flatMap((next, i) => {
    const before = entries[i]!
    const isRight = before.value < next.value || (before.value === next.value && before.key < next.key)
    return isRight ? [] : [`${name}: ${next.key} must not stand after ${before.key}`]
  })
}

function checkReport(name: string, folded: readonly Ranked[], answered: readonly Ranked[]): readonly string[] {
  const [right, is] = [folded.slice(0, reported), answered].map(textOf)
  return right === is ? [] : [`api: the ${name} are ${is} instead of ${right}`]
}

const textOf = (ranking: readonly Ranked[]) => ranking.map(({ member, score }) => `${member} with ${score}`).join(', ')

// A product that was never counted is one with nothing left.
const leftOf = ({ key, fields }: Document) => ({ key, value: Number(fields['available'] ?? 0) })

const namesIn = (...maps: readonly ReadonlyMap<number, unknown>[]) => [
  ...new Set(maps.flatMap((map) => [...map.keys()])),
]

const repeats = (name: string, count: number) => (count === 0 ? [] : [`${name}: ${count} are there twice`])
