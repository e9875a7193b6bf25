import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { EngineOptions } from './engine.ts'
import { freePort } from '../testing/free-port.ts'

/** Where an engine lives. */
export interface EngineHome {
  readonly folder: string
  readonly port: number
  /** It goes with the process that made it. */
  readonly isTemporary: boolean
}

/** The folder and port that were asked for; where none was, a new temporary folder and a free port. */
export async function engineHome(name: string, options: EngineOptions): Promise<EngineHome> {
  const port = options.port ?? (await freePort())
  if (options.folder === undefined)
    return { folder: await mkdtemp(join(tmpdir(), `magasin-${name}-`)), port, isTemporary: true }
  const folder = resolve(options.folder)
  await mkdir(folder, { recursive: true })
  return { folder, port, isTemporary: false }
}
