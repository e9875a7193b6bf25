#!/usr/bin/env node
// Plain JavaScript for any Node from 18 up: it runs before anything is installed, and finds the Node that reads the rest.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './launcher/install.js'
import { LaunchError } from './launcher/launch-error.js'
import { findNode } from './launcher/runtime.js'
import { runChild } from './launcher/spawn.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

try {
  await ensureInstalled(root)
  // Node 24 warns at every start that its SQLite is an experiment, which tells the person who opens a shop nothing.
  const args = ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)]
  const { code } = await runChild(findNode(root), args, {
    // The channel carries nothing. It closes when this process is gone, however it went, and a service stops then.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // What was compiled once need not be again; an install empties it.
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'), ...process.env, MAGASIN_LAUNCHER: '1' },
  })
  process.exit(code)
} catch (error) {
  console.error(`magasin: ${error.message}`)
  process.exit(error instanceof LaunchError ? error.exitCode : 2)
}
