import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.js'
import { npmCi } from './npm-ci.js'
import { readText } from './read-text.js'

/**
 * Makes node_modules hold what package-lock.json says; does nothing when it does already. With `dev`, the tools too.
 * Of two processes one installs and the other waits. Throws LaunchError.
 */
export async function ensureInstalled(root, { dev = false } = {}) {
  if (isInstalled(root, dev)) return
  const folder = join(root, '.cache', 'install.lock')
  await withLock(folder, async () => {
    // Another process may have installed while this one waited.
    if (isInstalled(root, dev)) return
    process.stderr.write('magasin: installing the packages of package-lock.json with npm ci, once … ')
    const started = performance.now()
    // Killed half-way, npm would leave the proofs of the installation before.
    for (const proof of [stampPath(root), npmListPath(root)]) rmSync(proof, { force: true })
    try {
      await npmCi(root)
    } catch (error) {
      process.stderr.write('failed\n')
      throw error
    }
    writeFileSync(stampPath(root), stampOf(readLock(root)))
    process.stderr.write(`done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
  })
}

function isInstalled(root, dev) {
  const lock = readLock(root)
  const packages = Object.entries(JSON.parse(lock).packages)
  const linked = packages.every(([path, { link }]) => !link || existsSync(join(root, path, 'package.json')))
  return linked && (readText(stampPath(root)) === stampOf(lock) || npmSaysSo(root, packages, dev))
}

/** A stamp of ours is left by our own `npm ci` only. */
function stampPath(root) {
  return join(root, 'node_modules', '.magasin-installed')
}

/** What npm itself writes when it has installed: its "hidden lockfile". */
function npmListPath(root) {
  return join(root, 'node_modules', '.package-lock.json')
}

function stampOf(lock) {
  const hash = createHash('sha256').update(lock).digest('hex')
  return `${hash} ${process.platform}-${process.arch}\n`
}

/**
 * Whether npm, run by hand, has installed all that is needed here.
 * Without this, every `npm ci` or `npm install` by hand, or in an image without the dev packages, would be done over again.
 */
function npmSaysSo(root, packages, dev) {
  const installed = npmList(root)
  if (installed === undefined) return false
  return packages.every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true
    const found = installed[path]
    if (found === undefined)
      return (wanted.dev && !dev) || ((wanted.optional || wanted.devOptional) && !isForHere(wanted))
    return found.version === wanted.version && found.integrity === wanted.integrity
  })
}

function npmList(root) {
  try {
    return JSON.parse(readText(npmListPath(root))).packages
  } catch {
    // There is none, or npm was killed while it wrote it.
    return undefined
  }
}

/** Packages that say for which C library they are come in pairs, of which npm installs one: either will do. */
function isForHere({ os, cpu, libc }) {
  const fits = (list, here) => list === undefined || [list].flat().includes(here)
  return libc === undefined && fits(os, process.platform) && fits(cpu, process.arch)
}

function readLock(root) {
  return readFileSync(join(root, 'package-lock.json'), 'utf8')
}
