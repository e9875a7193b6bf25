import { posix } from 'node:path'
import { importsOf } from './imports-of.ts'

/** A package.json, as the rules look at it. */
export interface Package {
  /** From the root of the repository; empty for the root itself. */
  readonly folder: string
  readonly name: string
  readonly doors: Readonly<Record<string, string>>
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

/** One import of one module. */
interface Use {
  readonly path: string
  readonly specifier: string
  /** Where a relative import leads, from the root. */
  readonly target: string | undefined
  /** The package that imports; undefined for what belongs to none: e2e/, faults/, bench/, tools/. */
  readonly from: Package | undefined
  /** The package of ours that is imported, by name or by path. */
  readonly to: Package | undefined
  readonly root: Package
}

/** The shop's catalogue: what its services agree on. */
const shopContracts = 'services/contracts'

/** Which libraries a library may import. Services may import all of them and the shop's catalogue, apps everything. */
export const librariesBelow: Readonly<Record<string, readonly string[]>> = {
  'libs/contracts': [],
  'libs/sql': ['libs/contracts'],
  'libs/event-log': ['libs/contracts', 'libs/sql'],
  'libs/event-store': ['libs/contracts', 'libs/sql', 'libs/event-log'],
  'libs/subscribers': ['libs/contracts', 'libs/sql', 'libs/event-log', 'libs/event-store'],
  'libs/service-kit': ['libs/contracts'],
}

/** Tests, and what only tests use. */
export const isTest = (path: string): boolean => /\.(test|suite)\.ts$|\/(testing|conformance)\//.test(path)

/** Where adapters are opened. Whoever opens one decides what the shop runs on: a service's doors do, its inside does not. */
const mayOpenAdapters = (path: string): boolean =>
  isTest(path) ||
  /^(apps|bench|e2e|faults)\//.test(path) ||
  /\/(main|start)\.ts$|^services\/[^/]+\/src\/open-[^/]+\.ts$/.test(path)

/** What is wrong with the imports of a module, each as a sentence. */
export function checkImports(path: string, text: string, packages: readonly Package[]): readonly string[] {
  const owner = (file: string): Package | undefined =>
    packages.find(({ folder }) => folder !== '' && file.startsWith(`${folder}/`))
  const root = packages.find(({ folder }) => folder === '')!
  return importsOf(text).flatMap((specifier) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
    const named = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
    const to = target === undefined ? named : owner(target)
    const use: Use = { path, specifier, target, from: owner(path), to, root }
    const broken = rules.map((rule) => rule(use)).filter((why) => why !== undefined)
    return broken.map((why) => `${path} imports ${specifier}: ${why}`)
  })
}

const rules: readonly ((use: Use) => string | undefined)[] = [
  byNameOnly,
  listedOnly,
  throughDoorsOnly,
  downwardsOnly,
  pureDomain,
  adaptersAtTheDoor,
]

function byNameOnly({ target, from, to }: Use): string | undefined {
  return target !== undefined && from !== to ? 'a package is imported by its name only' : undefined
}

function listedOnly({ specifier, target, path, from, root }: Use): string | undefined {
  if (target !== undefined || from === undefined || specifier.startsWith('node:')) return undefined
  const [first, second] = specifier.split('/')
  const name = specifier.startsWith('@') ? `${first}/${second}` : first!
  const isListed = from.dependencies.includes(name) || (isTest(path) && root.devDependencies.includes(name))
  return isListed ? undefined : `${from.folder}/package.json does not list it`
}

function throughDoorsOnly({ specifier, target, to }: Use): string | undefined {
  if (target !== undefined || to === undefined) return undefined
  const door = `.${specifier.slice(to.name.length)}`
  return to.doors[door] === undefined ? `${to.folder} has no such door` : undefined
}

function downwardsOnly({ from, to }: Use): string | undefined {
  if (from === undefined || to === undefined || from === to || from.folder.startsWith('apps/')) return undefined
  const isBelow = from.folder.startsWith('services/')
    ? to.folder.startsWith('libs/') || to.folder === shopContracts
    : librariesBelow[from.folder]?.includes(to.folder)
  return isBelow ? undefined : `${to.folder} does not stand below ${from.folder}`
}

function pureDomain({ path, target, to }: Use): string | undefined {
  const domain = /^.*\/domain\//.exec(path)?.[0]
  if (domain === undefined || isTest(path)) return undefined
  return to?.folder === 'libs/contracts' || to?.folder === shopContracts || target?.startsWith(domain)
    ? undefined
    : 'a domain knows the contracts and itself only'
}

function adaptersAtTheDoor({ path, specifier, from, to }: Use): string | undefined {
  if (to === undefined || to === from || mayOpenAdapters(path)) return undefined
  const isAdapter = /^@[^/]+\/[^/]+\/(sqlite|mysql|table|kafka)\//.test(specifier)
  return isAdapter ? 'only a main.ts, a start.ts, an open-*.ts of a service or a test opens an adapter' : undefined
}
