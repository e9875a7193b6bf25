import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openMysql } from '@magasin/sql/mysql/open-mysql'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { positionsIn } from './collect-services.ts'
import type { FaultSite } from './fault-site.ts'

export interface PositionWatch {
  /** Ends it; resolves with how often it looked, and every position that was found behind where it had been. */
  stop(): Promise<{ readonly looks: number; readonly movedBack: readonly string[] }>
}

const everyMs = 20

/** Looks at Coolriel's positions again and again, until it is told to stop or the test ends. */
export async function watchPositions(t: TestContext, { coolriel }: FaultSite): Promise<PositionWatch> {
  const database = await openMysql<SubscriberTables>(coolriel)
  const highest = new Map<number, number>()
  const movedBack: string[] = []
  let looks = 0
  const stopping = new AbortController()
  const look = async () => {
    for (const { partition, seq } of await positionsIn(database)) {
      const before = highest.get(partition) ?? 0
      if (seq < before) movedBack.push(`partition ${partition} went from ${before} back to ${seq}`)
      highest.set(partition, Math.max(seq, before))
    }
    looks++
  }
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await look()
      await delay(everyMs)
    }
  })()
  // Listened to by `stop`, however late.
  watching.catch(() => undefined)
  t.after(() => {
    stopping.abort()
    return database.close()
  })
  return {
    async stop() {
      stopping.abort()
      await watching.finally(() => database.close())
      return { looks, movedBack }
    },
  }
}
