/**
 * A reporter for the runner, beside the one for people: what a test file counted in the end, and what it left out, as JSON.
 * A file that ends before its tests do (`process.exit` in one of them, a crash) never gets to write it.
 */
export default async function* testTotals(source) {
  const skipped = []
  for await (const { type, data } of source) {
    const leftOut = data.skip ?? data.todo
    if ((type === 'test:pass' || type === 'test:fail') && leftOut !== undefined)
      skipped.push(typeof leftOut === 'string' && leftOut !== '' ? `${data.name} (${leftOut})` : data.name)
    if (type === 'test:summary') yield JSON.stringify({ counts: data.counts, skipped })
  }
}
