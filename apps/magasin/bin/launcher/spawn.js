import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { readText } from './read-text.js'

const onWindows = process.platform === 'win32'

/**
 * One request to stop can arrive here more than once: a Ctrl-C reaches npm and this process, and npm passes it on; `timeout` and
 * service managers signal every process they know. What comes closer together than this is one request: far longer than npm takes
 * to pass a signal on, shorter than a person who presses Ctrl-C again because it is not fast enough.
 */
const sameRequestMs = 300

/**
 * Runs a program to its end and answers its exit code (128 + n for signal n), what it wrote on stderr, where that is a pipe, and
 * whether it was asked to stop: signals are passed on, as `stopSignal` where there is one, and when npm started this process and is
 * gone, the program is ended.
 */
export async function runChild(command, args, { stopSignal, ...options }) {
  // In a session of its own the program hears a signal only from here, so it hears it once: its second signal means "at once".
  // In our process group a Ctrl-C would reach it directly as well, and whether one did cannot be told from here.
  // On Windows that session would open a window, and the console tells every process by itself: nothing is passed on there.
  const child = spawn(command, args, { ...options, detached: !onWindows })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text))
  const tie = tieTogether(child, stopSignal)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) =>
        resolve({ code: code ?? 128 + constants.signals[signal], stderr, stopped: tie.stopped() }),
      )
    })
  } finally {
    tie.release()
  }
}

function tieTogether(child, stopSignal) {
  let lastRequest = -Infinity
  const passOn = (signal) => {
    const now = performance.now()
    if (!onWindows && now - lastRequest > sameRequestMs) child.kill(stopSignal ?? signal)
    lastRequest = now
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, passOn)
  // The end of npm asks for nothing new when a signal, which may have been what ended npm, was passed on already.
  const watch = watchNpm(() => lastRequest === -Infinity && passOn('SIGTERM'))
  return {
    stopped: () => lastRequest !== -Infinity,
    release() {
      for (const signal of signals) process.off(signal, passOn)
      clearInterval(watch)
    },
  }
}

/** SIGKILL to npm tells its children nothing; they only get another parent. Started by a shell that goes away, we go on. */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined && process.env.npm_command !== 'exec') return undefined
  const parent = process.ppid
  // npm starts `sh -c`. Most shells become the program; dash, the `sh` of Debian, stays between npm and us and outlives npm.
  const viaShell = readText(`/proc/${parent}/cmdline`)?.split('\0')[1] === '-c'
  const npmPid = () => (viaShell ? parentOf(parent) : String(process.ppid))
  const atStart = npmPid()
  const watch = setInterval(() => {
    if (npmPid() === atStart) return
    clearInterval(watch)
    onGone()
  }, 500)
  return watch.unref()
}

function parentOf(pid) {
  // pid (name) state parent …
  return /\) \S (\d+)/.exec(readText(`/proc/${pid}/stat`) ?? '')?.[1]
}
