/** What some records took of the time, and of the processors in this process. */
export interface Taken {
  readonly records: number
  readonly seconds: number
  readonly cpuSeconds: number
}

/** Measures from the moment at which so many records have been sent. */
export function startWatch(warmUp: number) {
  let from: { readonly sent: number; readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined
  let last = { sent: 0, at: 0 }
  return {
    /** So many have been sent in all, now. */
    at(sent: number): void {
      last = { sent, at: performance.now() }
      if (from === undefined && sent >= warmUp) from = { ...last, cpu: process.cpuUsage() }
    },
    taken(): Taken {
      if (from === undefined) throw new Error('no more was sent than the warm-up')
      const { user, system } = process.cpuUsage(from.cpu)
      return {
        records: last.sent - from.sent,
        seconds: (last.at - from.at) / 1_000,
        cpuSeconds: (user + system) / 1e6,
      }
    },
  }
}
