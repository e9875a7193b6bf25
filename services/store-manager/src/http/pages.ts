/** Which page of a list: the rows whose ids come after `after`. */
export interface PageRequest {
  readonly after: number
  readonly limit: number
}

/** A page, and what to send as `after` for the next one; null on the last. */
export interface Page<Row> {
  readonly rows: Row[]
  readonly next: number | null
}

/** The page that a query asks for. */
export const pageRequest = ({ after = 0, limit = 50 }: Partial<PageRequest>): PageRequest => ({ after, limit })

/** Where the next page is, for the header `Link` of an answer that has no room for it: relative, since a gateway may stand before us. */
export const nextLink = ({ limit }: PageRequest, next: number): string => `<?after=${next}&limit=${limit}>; rel="next"`

/** Makes a page of rows that were read by id, one more than it holds. Pages stay right while rows come and go: none is seen twice or skipped for it. */
export function pageOf<Row, Shown>(
  rows: readonly Row[],
  { limit }: PageRequest,
  { idOf, show }: { readonly idOf: (row: Row) => number; readonly show: (row: Row) => Shown },
): Page<Shown> {
  const page = rows.slice(0, limit)
  return { rows: page.map(show), next: rows.length > limit ? idOf(page.at(-1)!) : null }
}
