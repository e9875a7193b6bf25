import { LaunchError } from './launch-error.js'
import { runChild } from './spawn.js'

// No script of a package is needed, and one that is not run cannot do harm. The rest undoes what a person's settings could leave out.
const args = 'ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund --loglevel=error'.split(' ')

const reasons = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    'the package registry does not answer: is this machine offline, or behind a proxy that npm does not know?',
  ],
  [/ENOSPC|EDQUOT/, 'the disk is full'],
  [/EBUSY|EPERM/, 'a file in node_modules is in use: end what runs from there, or run npm ci yourself'],
  [/EACCES|EROFS/, 'a folder cannot be written: is it someone else’s?'],
]

/** Runs npm's own `ci` in `root`. Throws LaunchError, with what npm said and, where it is known, what that means. */
export async function npmCi(root) {
  const { command, first, shell } = npm()
  const { code, stderr } = await runChild(command, [...first, ...args], {
    cwd: root,
    shell,
    stdio: ['ignore', 'ignore', 'pipe'],
  }).catch((cause) => {
    throw new LaunchError(
      `npm, which comes with Node.js, could not be started (${cause.code}): install it and start again`,
    )
  })
  if (code === 0) return
  if (code > 128) throw new LaunchError('the installation was interrupted; start again to do it over', code)
  const reason = reasons.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'the reason is in its own words below'
  const words = stderr.trim().split('\n').slice(0, 20).join('\n')
  throw new LaunchError(`npm ci failed (exit code ${code}): ${reason}. Start again when it is mended\n${words}`)
}

/** The npm that started this process, else the one on PATH. Another package manager would not read package-lock.json. */
function npm() {
  const starter = process.env.npm_execpath
  if (starter !== undefined && /npm-cli\.[cm]?js$/.test(starter)) {
    const node = process.env.npm_node_execpath ?? process.execPath
    return { command: node, first: [starter], shell: false }
  }
  // On Windows npm is a script, and Node starts scripts by a shell only.
  return process.platform === 'win32'
    ? { command: 'npm.cmd', first: [], shell: true }
    : { command: 'npm', first: [], shell: false }
}
