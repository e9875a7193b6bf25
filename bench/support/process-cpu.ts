import { readdirSync, readFileSync } from 'node:fs'

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

/**
 * What the threads that a process has now have taken of the processors so far, to the nanosecond: for a process that hardly runs, of which
 * `cpuSecondsOf` sees hundredths of a second. A thread that ends takes its share with it. NaN where the system does not say.
 */
export function threadCpuSecondsOf(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return NaN
  const tasks = `/proc/${pid}/task`
  const nanoseconds = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9
}
