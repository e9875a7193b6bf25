import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readText } from './read-text.js'

/** A lock without its owner's pid is being made just now, unless it is older than this: then its maker died in between. */
const nascentMs = 10_000

/** Runs `work` while no other process holds `folder`: making a folder is atomic everywhere. The lock of a process that is gone is void. */
export async function withLock(folder, work) {
  mkdirSync(dirname(folder), { recursive: true })
  let grave
  let told = false
  while (!take(folder)) {
    const owner = ownerOf(folder)
    if (owner.gone) grave = bury(folder, owner.pid) ?? grave
    else if (!told) {
      console.error(`magasin: process ${owner.pid} is installing; waiting for it. If it is not, delete ${folder}`)
      told = true
    }
    await setTimeout(100)
  }
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true })
    if (grave !== undefined) rmSync(grave, { recursive: true })
  }
}

function take(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(folder, 'pid'), String(process.pid))
  return true
}

function ownerOf(folder) {
  const pid = Number(readText(join(folder, 'pid')) ?? 0)
  if (pid > 0) return { pid, gone: !isAlive(pid) }
  const madeAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
  return { pid, gone: Date.now() - madeAt > nascentMs }
}

/**
 * Takes the lock of a dead process out of the way. Of two that found the same one dead, the slower must not take away the lock that the
 * faster has made since: the grave bears the name of the dead and stays until the work is done, and no folder is renamed onto another
 * that is not empty.
 */
function bury(folder, pid) {
  const grave = `${folder}.of-${pid}`
  try {
    renameSync(folder, grave)
    return grave
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
