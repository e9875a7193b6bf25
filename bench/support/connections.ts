import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

// As /proc/net/tcp names it.
const established = '01'

/** How many open connections a process has to a port of this machine; NaN where the system does not say (only Linux does). */
export function connectionsTo(port: number, pid: number): number {
  if (process.platform !== 'linux') return NaN
  const folder = `/proc/${pid}/fd`
  const sockets = new Set(readdirSync(folder).map((descriptor) => socketOf(`${folder}/${descriptor}`)))
  const lines = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1),
  )
  return lines.filter((line) => {
    const [, , remote = '', state, , , , , , inode] = line.trim().split(/\s+/)
    return state === established && Number.parseInt(remote.split(':')[1] ?? '', 16) === port && sockets.has(inode)
  }).length
}

/** The inode of a socket; undefined for another file, and for one that is closed by now. */
function socketOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1]
  } catch {
    return undefined
  }
}
