import { readFileSync } from 'node:fs'

// USER_HZ, in which Linux tells them, is 100 on every platform that Node runs on.
const ticksPerSecond = 100

/** What a running process has taken of the processors so far, all of its threads; NaN where the system does not say (only Linux does). */
export function cpuSecondsOf(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return NaN
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in parentheses, can hold anything; utime and stime are the 12th and 13th fields behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
