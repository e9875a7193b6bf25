/** The samples on /metrics whose name, labels included, matches. */
export async function readSamples({ url }: { readonly url: string }, pattern: RegExp): Promise<readonly number[]> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const samples = text.split('\n').filter((line) => !line.startsWith('#') && pattern.test(line))
  return samples.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
}

/** The sum of a metric over its labels; 0 if it has no sample. */
export async function readMetric(from: { readonly url: string }, name: string): Promise<number> {
  const samples = await readSamples(from, new RegExp(`^${name}[ {]`))
  return samples.reduce((sum, sample) => sum + sample, 0)
}
