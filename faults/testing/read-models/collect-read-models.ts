import assert from 'node:assert/strict'
import type { EventRecord } from '@magasin/contracts/event-record'
import { isMagasinError } from '@magasin/contracts/magasin-error'
import type { Document, Ranked, ReadModelReader } from '@magasin/read-models/read-model-store'
import { centsOf } from '@magasin/shop-contracts/money'
import { until } from '../../../tools/testing/until.ts'
import type { Endpoint } from '../api.ts'
import type { HistoryLine } from '../orders/evidence.ts'
import { checkReadModels } from './check-read-models.ts'
import type { AnsweredReadModels } from './evidence.ts'

/** What is compared: the rows of the event table, the store of the read models, and an API that answers from it. */
export interface ReadModelsSource {
  readonly reader: ReadModelReader
  readonly endpoint: Endpoint
  readonly readEvents: () => Promise<readonly EventRecord[]>
}

/**
 * The differences between the read models and the history of a store that nobody writes, once the projector has had its time: none as
 * soon as there are none, or those of the last look.
 */
export async function differencesOf(source: ReadModelsSource, deadlineMs = 30_000): Promise<readonly string[]> {
  const history = (await source.readEvents()).map(lineOf)
  const ids = [...new Set(history.map((line) => Number(line['product_id'] ?? (line['sku'] && line['id']) ?? 0)))]
  let wrong: readonly string[] = []
  const areRight = async (): Promise<boolean> => {
    try {
      wrong = checkReadModels({ history, answered: await collect(source, ids) })
    } catch (error) {
      if (!isMagasinError(error) && !(error instanceof ReportRefused)) throw error
      wrong = [error.message]
    }
    return wrong.length === 0
  }
  await until('the read models say what the history says', areRight, { deadlineMs, everyMs: 50 }).catch(
    (error: unknown) => {
      if (wrong.length === 0) throw error
    },
  )
  return wrong
}

/** A report was answered with 503. */
class ReportRefused extends Error {}

const everything = Number.MAX_SAFE_INTEGER

/** So that a page follows a page, also among equals. */
const pageSize = 7

async function collect({ reader, endpoint }: ReadModelsSource, ids: readonly number[]): Promise<AnsweredReadModels> {
  const documents = await Promise.all(ids.map((id) => reader.document('product', id)))
  const cents = (amount: number) => centsOf(amount)!
  return {
    spent: await reader.top('spent', 1_000_000),
    sold: await reader.top('sold', 1_000_000),
    products: documents.filter((document) => document !== undefined),
    stock: await allByStock(reader),
    reports: {
      highestSpenders: await readReport(endpoint, { path: 'highest-spenders', member: 'user_id' }, (row) =>
        cents(row['total_expense']!),
      ),
      bestSellers: await readReport(
        endpoint,
        { path: 'best-sellers', member: 'product_id' },
        (row) => row['quantity_sold']!,
      ),
    },
  }
}

async function allByStock(reader: ReadModelReader): Promise<readonly Document[]> {
  const found: Document[] = []
  for (;;) {
    const last = found.at(-1)
    const after = last && { value: Number(last.fields['available'] ?? 0), key: last.key }
    const page = await reader.pageOf('by_available', {
      upTo: everything,
      atMost: pageSize,
      ...(after === undefined ? {} : { after }),
    })
    found.push(...page)
    if (page.length < pageSize) return found
  }
}

type Row = Readonly<Record<string, number>>

async function readReport(
  { url, token }: Endpoint,
  { path, member }: { readonly path: string; readonly member: string },
  scoreOf: (row: Row) => number,
): Promise<readonly Ranked[]> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/orders/reports/${path}`, { headers })
  const body: unknown = await response.json()
  if (response.status === 503) throw new ReportRefused(`${path} answers 503`)
  assert.equal(response.status, 200, JSON.stringify(body))
  return (body as readonly Row[]).map((row) => ({ member: row[member]!, score: scoreOf(row) }))
}

const lineOf = ({ value, commandNo, commandIndex }: EventRecord): HistoryLine => ({
  ...(JSON.parse(value) as HistoryLine),
  command_no: commandNo,
  command_index: commandIndex,
})
