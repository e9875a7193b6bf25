import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of the machine's Chromium: CHROME_PATH, else the first on PATH, else, with `install` and as root on Debian (a container,
 * CI), a newly installed one. Undefined where there is none; what would give one is said on stderr, and the browser tests skip.
 */
export function ensureChromium({ install }) {
  const found = process.env.CHROME_PATH || onPath()
  if (found) return found
  if (install && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('no Chromium here; as root on Debian the browser tests get one: apt-get install chromium')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    for (const args of ['update -qq', 'install -y -qq --no-install-recommends chromium'])
      spawnSync('apt-get', args.split(' '), { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const installed = onPath()
  if (install && installed === undefined)
    console.error('no Chromium: the browser tests skip. Install one, or set CHROME_PATH to it')
  return installed
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}
