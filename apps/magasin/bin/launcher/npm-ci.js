import { LaunchError } from './launch-error.js'
import { runChild } from './spawn.js'

const args = [
  'ci',
  // No package here needs its script, and one that is not run does no harm.
  '--ignore-scripts',
  // Whatever a person's settings leave out.
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  // By itself npm keeps a person who is offline waiting for more than a minute; this makes it 20 s.
  '--fetch-retry-maxtimeout=10000',
]

const reasons = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    'the package registry does not answer; this machine is offline, or behind a proxy that npm does not know',
  ],
  [/ENOSPC|EDQUOT/, 'the disk is full'],
  [/EBUSY|EPERM/, 'a file in node_modules is in use; end what runs from there, or run npm ci yourself'],
  [/EACCES|EROFS/, 'a folder cannot be written; it may belong to someone else'],
]

/** Runs npm's own `ci` in `root`. Throws LaunchError, with what npm said and, where it is known, what that means. */
export async function npmCi(root) {
  const { command, first, shell } = npm()
  const { code, stderr, stopped } = await runChild(command, [...first, ...args], {
    cwd: root,
    shell,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Asked politely npm first undoes what it did, for half a minute; the next `npm ci` begins by removing all that anyway.
    stopSignal: 'SIGKILL',
  }).catch((cause) => {
    throw new LaunchError(
      `npm, which comes with Node.js, could not be started (${cause.code}): install it and start again`,
    )
  })
  if (code === 0) return
  if (stopped) throw new LaunchError('the installation was stopped; the next start does it over', 130)
  const reason = reasons.find(([pattern]) => pattern.test(stderr))?.[1] ?? `npm says:\n${withoutStack(stderr)}`
  throw new LaunchError(`npm ci failed (exit code ${code}): ${reason}\nStart again when it is mended`)
}

function withoutStack(text) {
  const lines = text.split('\n').filter((line) => !/ {4}at /.test(line))
  return lines.slice(0, 20).join('\n')
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
