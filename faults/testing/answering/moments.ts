/**
 * What a service does for one question or answer, in this order: `received` before its transaction, `decided` in the transaction, `written`
 * when only COMMIT is missing, `committed` before anybody is told, `sent` when the broker has the event and the relay does not know it.
 */
export type Moment = 'received' | 'decided' | 'written' | 'committed' | 'sent'

/** Says that this process has come to a moment; it does not come back from the one at which it is to die. */
export type Reached = (moment: Moment) => void

/**
 * Lets this process die by SIGKILL at the moment that a line of its stdin names: a signal from outside comes later than the moment that
 * it is for. The process also ends when its stdin does, so none outlives its test.
 */
export function awaitDeath(): Reached {
  let fatal: string | undefined
  process.stdin.on('data', (chunk: Buffer) => (fatal = String(chunk).trim()))
  process.stdin.on('end', () => process.exit(1))
  return (moment) => {
    if (moment === fatal) process.kill(process.pid, 'SIGKILL')
  }
}
