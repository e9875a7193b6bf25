// Runs a program of node_modules with the Node of this repository, whatever Node is on PATH: `node tools/exec.js oxlint --fix`.
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../apps/magasin/bin/launcher/install.js'
import { findNode } from '../apps/magasin/bin/launcher/runtime.js'
import { runChild } from '../apps/magasin/bin/launcher/spawn.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const [program, ...args] = process.argv.slice(2)

try {
  await ensureInstalled(root, { dev: true })
  const path = [dirname(findNode(root)), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const options = {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  }
  const { code } = await runChild(program, args, options)
  process.exit(code)
} catch (error) {
  console.error(error.message)
  process.exit(2)
}
