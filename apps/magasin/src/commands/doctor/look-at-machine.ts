import { constants } from 'node:fs'
import { access, mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import type { ShopConfig } from '@magasin/shop/config'
import { parts, partsWithDatabase } from '@magasin/shop/parts'
import { fault, note, ok, type Finding } from './finding.ts'

// Below this a SQLite checkpoint or a batch of e-mails may not fit.
const leastFreeBytes = 100 * 1024 * 1024

/** Looks at what the shop needs of the machine: Node, folders, disk, its port, the rights of its secrets. */
export async function lookAtMachine(
  config: ShopConfig,
  { isRunning }: { readonly isRunning: boolean },
): Promise<readonly Finding[]> {
  return [
    lookAtNode(),
    await lookAtFolder('data', config.dataDir, 'MAGASIN_DATA'),
    await lookAtFolder('e-mail', config.outputDir, 'OUTPUT_DIR'),
    await lookAtDisk(config.dataDir),
    isRunning ? note('the shop is running') : await lookAtPort(config),
    ...(await lookAtSecrets(config.dataDir)),
  ]
}

function lookAtNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > 24 || (major === 24 && minor >= 6)
  return isEnough
    ? ok(`Node ${process.versions.node}`)
    : fault(`Node ${process.versions.node} is too old`, 'start it through npm or npx, which find the right one')
}

async function lookAtFolder(name: string, folder: string, setting: string): Promise<Finding> {
  const existing = await firstExisting(resolve(folder))
  try {
    await access(existing, constants.W_OK)
    await rm(await mkdtemp(join(existing, '.magasin-')), { recursive: true })
    return ok(`the ${name} folder ${resolve(folder)} can be written`)
  } catch (error) {
    return fault(
      `the ${name} folder ${resolve(folder)} cannot be written (${(error as Error).message})`,
      `give its owner the right, or set ${setting} to another folder`,
    )
  }
}

async function firstExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  return exists || dirname(path) === path ? path : firstExisting(dirname(path))
}

async function lookAtDisk(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await firstExisting(resolve(dataDir)))
  const free = `${Math.floor((bavail * bsize) / 1024 / 1024).toLocaleString('en')} MB free on the disk of the data`
  return bavail * bsize >= leastFreeBytes ? ok(free) : fault(free, 'make room: without it nothing can be recorded')
}

async function lookAtPort({ host, port }: ShopConfig): Promise<Finding> {
  const why = await tryPort(host, port)
  if (why === undefined) return ok(`port ${port} on ${host} is free`)
  if (await isShopAt(host, port)) return note(`the shop is running on port ${port}`)
  return fault(`port ${port} on ${host} cannot be had (${why})`, 'stop the program that has it, or set PORT')
}

/** Why nobody can listen there; undefined where somebody can. */
function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolveWhy) => {
    const server = createServer()
    server.once('error', ({ message }) => resolveWhy(message))
    server.listen({ host, port }, () => server.close(() => resolveWhy(undefined)))
  })
}

/** Whether who has the port answers as a service of ours does. */
async function isShopAt(host: string, port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/health-check`, {
      signal: AbortSignal.timeout(1_000),
    })
    return ((await response.json()) as { readonly status?: unknown }).status === 'ok'
  } catch {
    return false
  }
}

async function lookAtSecrets(dataDir: string): Promise<readonly Finding[]> {
  const isOpen = await stat(dataDir).then(
    ({ mode }) => (mode & 0o077) !== 0,
    () => false,
  )
  // In a folder that nobody else can enter it does not matter; there `magasin start` of before made them readable by all.
  const databases = isOpen ? partsWithDatabase.map(({ database }) => `${database}.db`) : []
  const names = [...parts.flatMap(({ secretFiles }) => secretFiles), ...databases]
  return (await Promise.all(names.map((name) => lookAtSecret(join(dataDir, name))))).flat()
}

async function lookAtSecret(file: string): Promise<readonly Finding[]> {
  const mode = await stat(file).then(
    (found) => found.mode,
    () => undefined,
  )
  if (mode === undefined || process.platform === 'win32') return []
  const isPrivate = (mode & 0o077) === 0
  return [
    isPrivate ? ok(`only its owner can read ${basename(file)}`) : fault(`others can read ${file}`, `chmod 600 ${file}`),
  ]
}
