import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../../../../tools/testing/until.ts'

/** A small repository of its own: the launcher, a program to launch, and a program that stands for npm and needs no network. */
export interface LaunchPad extends Disposable {
  readonly root: string
  /** How often npm was run. */
  installs(): number
  launch(args: readonly string[], env?: Readonly<Record<string, string>>): Launched
  /** As `npm start` does: a process that starts a shell that starts the launcher. */
  launchByNpm(args: readonly string[]): Launched
}

/** A launcher that was started. */
export interface Launched {
  readonly process: ChildProcess
  /** What it and its program have written up to now. */
  output(): string
  /** Waits until the output holds `text`. */
  says(text: string): Promise<void>
  /** Waits for the end; the exit code. */
  ended(): Promise<number | null>
}

// `exit N` ends with that code, `die` by SIGKILL; `serve` tells what it hears until `end` is there or all is gone.
const program = `
const [word, value] = process.argv.slice(2)
if (word === 'exit') process.exitCode = Number(value)
if (word === 'serve') {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log('heard', signal))
  process.on('disconnect', () => { require('node:fs').writeFileSync('disconnected', ''); process.exit() })
  const { existsSync } = require('node:fs')
  setInterval(() => (existsSync('end') || !existsSync('package-lock.json')) && process.exit(), 20)
}
console.log('started', word)
if (word === 'die') process.kill(process.pid, 'SIGKILL')
`

// Like npm it makes the link to the workspace and notes what it installed; unlike npm it waits for a file where it is told to.
const npm = `
const fs = require('node:fs')
fs.appendFileSync('installs', 'x')
if (process.env.NPM_FAILS) { console.error('npm error code ENOSPC'); process.exit(1) }
const install = () => {
  fs.rmSync('node_modules', { recursive: true, force: true })
  fs.mkdirSync('node_modules/@magasin', { recursive: true })
  fs.symlinkSync('../../apps/magasin', 'node_modules/@magasin/cli')
}
if (!process.env.NPM_WAITS) install()
else setInterval(() => { if (fs.existsSync('go')) { install(); process.exit() } }, 20)
`

// The shell has a word to say after the launcher, so none of them becomes the launcher.
const npmStart = `
const shell = ['-c', '"$0" "$@"; exit $?', ...process.argv.slice(1)]
require('node:child_process').spawn('sh', shell, { stdio: 'inherit' })
`

/** The lock of the small repository, with `version` of its one package. */
export function lockWith(version: string): string {
  const packages = {
    'node_modules/@magasin/cli': { link: true },
    'node_modules/one': { version, integrity: `sha512-${version}` },
  }
  return JSON.stringify({ packages })
}

export function createLaunchPad(): LaunchPad {
  const root = mkdtempSync(join(tmpdir(), 'magasin-launch-'))
  const app = join(root, 'apps/magasin')
  cpSync(fileURLToPath(new URL('..', import.meta.url)), join(app, 'bin'), { recursive: true })
  mkdirSync(join(app, 'src'))
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(app, 'src/package.json'), '{ "type": "commonjs" }')
  writeFileSync(join(app, 'src/main.ts'), program)
  writeFileSync(join(root, 'package-lock.json'), lockWith('1.0.0'))
  writeFileSync(join(root, 'npm-cli.js'), npm)
  const launcher = join(app, 'bin/magasin.js')
  const running: ChildProcess[] = []
  const start = (args: readonly string[], env: Readonly<Record<string, string>>): Launched => {
    const npmPath = { PATH: process.env['PATH'], npm_execpath: join(root, 'npm-cli.js') }
    const child = spawn(process.execPath, args, { cwd: root, env: { ...npmPath, ...env } })
    running.push(child)
    return launched(child)
  }
  return {
    root,
    installs: () => (existsSync(join(root, 'installs')) ? readFileSync(join(root, 'installs'), 'utf8').length : 0),
    launch: (args, env = {}) => start([launcher, ...args], env),
    launchByNpm: (args) =>
      start(['-e', npmStart, process.execPath, launcher, ...args], { npm_lifecycle_event: 'start' }),
    [Symbol.dispose]() {
      for (const child of running) child.kill('SIGKILL')
      rmSync(root, { recursive: true })
    },
  }
}

function launched(child: ChildProcess): Launched {
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = once(child, 'close')
  return {
    process: child,
    output: () => output,
    says: async (text) =>
      void (await until(
        () => `${text} in\n${output}`,
        () => output.includes(text),
      )),
    ended: async () => ((await closed) as [number | null])[0],
  }
}
