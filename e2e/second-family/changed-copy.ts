import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { root } from '../../tools/testing/spawned.ts'

/** A block of a page, and the file that it is or changes. */
interface Block {
  readonly path: string
  readonly kind: string
  readonly text: string
}

const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^`([^`\n]+)`\n\n```(ts|diff)\n([\s\S]*?)^```$/gm)].map(([, path, kind, text]) => ({
    path: path!,
    kind: kind!,
    text: text!,
  }))

/** Changes a text as a `diff` says. Throws if what it changes is not there, once. */
export function applyDiff(before: string, diff: string): string {
  return diff.split(/^@@\n/m).reduce((text, hunk) => {
    const lines = hunk.split('\n').slice(0, -1)
    const side = (sign: string): string =>
      lines
        .filter((line) => line.startsWith(' ') || line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join('')
    const parts = text.split(side('-'))
    if (parts.length !== 2) throw new Error(`found ${parts.length - 1} times:\n${side('-')}`)
    return parts.join(side('+'))
  }, before)
}

const parts = ['apps', 'docs', 'libs', 'services', 'tools', 'package.json', 'tsconfig.json', '.oxfmtrc.json']

/** Copies this repository into a folder, and does there what a page says: writes its `ts` blocks, and applies its `diff`s. */
export function changedCopy(folder: string, page: string): void {
  const isOurs = (path: string): boolean => basename(path) !== 'node_modules'
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true, filter: isOurs })
  linkPackages(folder)
  for (const { path, kind, text } of blocksOf(readFileSync(join(root, page), 'utf8'))) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    if (kind === 'ts') writeFileSync(file, text, { flag: 'wx' })
    else writeFileSync(file, applyDiff(readFileSync(file, 'utf8'), text))
  }
}

/** What others made is shared; our packages are those of the copy. */
function linkPackages(folder: string): void {
  const [from, to] = [join(root, 'node_modules'), join(folder, 'node_modules')]
  mkdirSync(join(to, '@magasin'), { recursive: true })
  for (const name of readdirSync(from))
    if (name !== '@magasin') symlinkSync(join(from, name), join(to, name), 'junction')
  for (const group of ['libs', 'services', 'apps'])
    for (const name of readdirSync(join(folder, group))) {
      const manifest = readFileSync(join(folder, group, name, 'package.json'), 'utf8')
      symlinkSync(join(folder, group, name), join(to, (JSON.parse(manifest) as { name: string }).name), 'junction')
    }
}
