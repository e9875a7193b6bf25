import { spawn } from 'node:child_process'

// It reads the process to end, an empty line for none; its input ends when the process that holds the other side does, however it does.
// What a killed process had open can hold its folder for a moment.
const script = `
while read -r pid; do running=$pid; done
[ -z "$running" ] || kill -9 "$running"
for attempt in 1 2 3 4 5; do
  [ -z "$1" ] || rm -rf "$1" && break
  sleep 0.2
done`

/** Ends with this process what this process started. */
export interface Guard {
  /** From now on this process, and no other one, is ended by SIGKILL when ours ends. */
  watch(pid: number | undefined): void
}

/**
 * Starts a process that waits for the end of this one, even by SIGKILL, which leaves no time for anything; then it ends the process
 * that it watches and deletes `folder`. It does not keep this process alive.
 */
export function startGuard(folder: string | undefined): Guard {
  // In a session of its own: what ends our whole process group, a Ctrl-C or a test runner, must not end the guard before its work.
  const shell = spawn('sh', ['-c', script, 'sh', folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Nobody has to hear that the guard is gone: it can only have been killed by someone who knows better.
  for (const emitter of [shell, shell.stdin]) emitter.on('error', () => {})
  shell.unref()
  // A pipe to a child is a socket in Node.
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref()
  return { watch: (pid) => shell.stdin.write(`${pid ?? ''}\n`) }
}
