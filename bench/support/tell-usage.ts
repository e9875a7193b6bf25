// Loaded into a measured process by --import: at its end, what it took goes to whoever started it, on file descriptor 3.
import { existsSync, readFileSync, writeSync } from 'node:fs'

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeSync(3, JSON.stringify({ peakRssBytes: peakRssBytes(maxRSS), cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }))
})

/** On Linux the kernel hands a parent's maxRSS on to the processes that it starts; the high-water mark in /proc is the process's own. */
function peakRssBytes(maxRssKb: number): number {
  const status = '/proc/self/status'
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  return Number(own ?? maxRssKb) * 1024
}
