import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkReadModels } from './testing/read-models/check-read-models.ts'
import { Growth } from './testing/read-models/growth.ts'
import { evidenceOf, soundReadModels, type SpoilableReadModels } from './testing/read-models/sound-read-models.ts'

const event = ({ history }: SpoilableReadModels, name: string, id: number) =>
  history.find((line) => line['event'] === name && line['id'] === id)!

const plants: readonly {
  readonly title: string
  readonly spoil: (models: SpoilableReadModels) => unknown
  readonly says: readonly string[]
}[] = [
  {
    title: 'a score that is off by one',
    spoil: ({ spent }) => spent[0]!.score++,
    says: ['spent: 1 has 301 instead of 300'],
  },
  {
    title: 'a member that is missing',
    spoil: ({ sold }) => sold.pop(),
    says: ['sold: 3 has nothing instead of 1'],
  },
  {
    title: 'a member that should not be there',
    spoil: ({ spent }) => spent.push({ member: 4, score: 1 }),
    says: ['spent: 4 has 1 instead of nothing'],
  },
  {
    title: 'a member at 0',
    spoil: ({ spent }) => spent.push({ member: 4, score: 0 }),
    says: ['spent: 4 has 0 instead of nothing'],
  },
  {
    title: 'a member that is there twice',
    spoil: ({ sold }) => sold.push({ member: 3, score: 1 }),
    says: ['sold: 1 are there twice', 'sold: 3 must not stand after 3'],
  },
  {
    title: 'a wrong order among equals',
    spoil: ({ spent }) => spent.splice(0, 2, spent[1]!, spent[0]!),
    says: ['spent: 1 must not stand after 2'],
  },
  {
    title: 'a wrong order of scores',
    spoil: (models) => (models.sold = models.sold.toReversed()),
    says: ['sold: 2 must not stand after 3', 'sold: 1 must not stand after 2'],
  },
  {
    title: 'a cancelled order that still counts',
    spoil: (models) => models.history.splice(models.history.indexOf(event(models, 'OrderCancelled', 4)), 1),
    says: [
      'spent: 4 has nothing instead of 500',
      'sold: 3 has 1 instead of 6',
      'api: the highest spenders are 1 with 300, 2 with 300, 3 with 100 instead of 4 with 500, 1 with 300, 2 with 300, 3 with 100',
      'api: the best sellers are 1 with 3, 2 with 3, 3 with 1 instead of 3 with 6, 1 with 3, 2 with 3',
    ],
  },
  {
    title: 'a stale number of units',
    spoil: ({ products }) => (products[2]!.fields['available'] = 4),
    says: ['product 3: available is 4 instead of 9'],
  },
  {
    title: 'a stale number of units in the index, at its place',
    spoil: ({ stock }) => (stock[3]!.fields['available'] = 10),
    says: ['stock of product 3: available is 10 instead of 9'],
  },
  {
    title: 'units of a product that was never counted',
    spoil: ({ products }) => (products[3]!.fields['available'] = 0),
    says: ['product 5: available is 0 instead of unset'],
  },
  {
    title: 'another price',
    spoil: ({ products }) => (products[0]!.fields['price_cents'] = 99),
    says: ['product 1: price_cents is 99 instead of 100'],
  },
  {
    title: 'a product that should be gone',
    spoil: ({ products }) => products.push({ key: 4, fields: { available: 10 } }),
    says: ['product 4 is there and should be gone'],
  },
  {
    title: 'a product that is gone and is still in the index',
    spoil: ({ stock }) => stock.push({ key: 4, fields: { available: 10 } }),
    says: ['stock of product 4 is there and should be gone'],
  },
  {
    title: 'a product that is missing in the index',
    spoil: ({ stock }) => stock.shift(),
    says: ['stock of product 5 is missing'],
  },
  {
    title: 'an index whose order is wrong among equals',
    spoil: ({ stock }) => stock.splice(1, 2, stock[2]!, stock[1]!),
    says: ['stock: 1 must not stand after 2'],
  },
  {
    title: 'a report of the API that says something else than the ranking',
    spoil: ({ bestSellers }) => bestSellers[0]!.score--,
    says: ['api: the best sellers are 1 with 2, 2 with 3, 3 with 1 instead of 1 with 3, 2 with 3, 3 with 1'],
  },
]

describe('the checker of read models', () => {
  test('finds nothing wrong if nothing is', () => {
    assert.deepEqual(checkReadModels(evidenceOf(soundReadModels())), [])
  })

  for (const { title, spoil, says } of plants)
    test(`finds ${title}, and nothing else`, () => {
      const models = soundReadModels()
      spoil(models)
      assert.deepEqual(checkReadModels(evidenceOf(models)), says)
    })
})

describe('who watches a ranking grow', () => {
  const first = [
    { member: 1, score: 5 },
    { member: 2, score: 3 },
  ]
  const looks = [
    {
      title: 'nothing wrong with scores that grow and members that come',
      shows: [...first, { member: 3, score: 9 }],
      says: [],
    },
    { title: 'a score that falls', shows: [{ member: 1, score: 4 }, first[1]!], says: ['1 fell from 5 to 4'] },
    { title: 'a member that goes', shows: [{ member: 1, score: 6 }], says: ['2 with 3 is missing'] },
    { title: 'a ranking that is empty', shows: [], says: ['1 with 5 is missing', '2 with 3 is missing'] },
  ]
  for (const { title, shows, says } of looks)
    test(`finds ${title}`, () => {
      const growth = new Growth()
      growth.see(first)
      growth.see(shows)
      assert.deepEqual(growth.wrong, says)
    })
})
