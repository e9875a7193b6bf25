/** Does something for each of many, so many at once, in their order. */
export async function runSideBySide<T>(all: readonly T[], inFlight: number, work: (one: T) => Promise<void>) {
  let begun = 0
  const worker = async (): Promise<void> => {
    for (let next = all[begun++]; next !== undefined; next = all[begun++]) await work(next)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}
