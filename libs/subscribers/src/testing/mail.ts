import { setTimeout as delay } from 'node:timers/promises'
import type { DecodedEvent } from '@magasin/contracts/event-record'
import type { ClubEvent } from '@magasin/contracts/testing/members'
import type { EventLog } from '@magasin/event-log/event-log'
import { outside, type OutsideContext, type OutsideOptions } from '../handlers/outside.ts'

/** Sends letters, each of which a test may hold up or let fail, by `member-1 v1`. */
export function mail(behaviour: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>) {
  const begun: string[] = []
  const sent: string[] = []
  const underWay = new Set<symbol>()
  const most = { underWay: 0 }
  const send = async ({ record }: DecodedEvent<ClubEvent>, { signal }: OutsideContext) => {
    const letter = `${record.stream} v${record.streamVersion}`
    const one = Symbol(letter)
    begun.push(letter)
    most.underWay = Math.max(most.underWay, underWay.add(one).size)
    try {
      await behaviour[letter]?.(signal)
      sent.push(letter)
    } finally {
      underWay.delete(one)
    }
  }
  const on = (options: OutsideOptions) => ({ MemberJoined: outside<ClubEvent>(send, options) })
  return { begun, sent, most, on }
}

export const untilTrue = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await delay(2)
}

/** The same log, whose member loses what it reads when it is told to, and gets it back as soon as its deliveries have ended. */
export function losing(log: EventLog) {
  let lost = new AbortController()
  const lossy: EventLog = {
    ...log,
    subscribe: (request) =>
      log.subscribe({
        ...request,
        deliver: (records, signal) => request.deliver(records, AbortSignal.any([signal, lost.signal])),
      }),
  }
  const lose = () => {
    lost.abort(new Error('the partition was lost'))
    lost = new AbortController()
  }
  return { log: lossy, lose }
}
