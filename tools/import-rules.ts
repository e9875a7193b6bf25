import { posix } from 'node:path'
import { importsOf } from './imports-of.ts'

/** A package.json, as the rules look at it. */
export interface Package {
  /** From the root of the repository; empty for the root itself. */
  readonly folder: string
  readonly name: string
  readonly exports: Readonly<Record<string, string>>
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
  /** The module exports what makes a command of the event store. */
  readonly exportsCommand: boolean
}

const commandPort = '@magasin/event-store/command'
const tablePort = '@magasin/event-store/state-table'
// The formatter puts the type of a function at the end of its first line, or after the bracket of its parameters.
const commandExport = /^(?:export (?:async )?(?:function|const) .*|\)): Command</m

/** The shop's catalogue: what its services agree on. */
const shopContracts = 'services/contracts'

/** Which libraries a library may import. Services may import all of them and the shop's catalogue, apps everything. */
export const librariesBelow: Readonly<Record<string, readonly string[]>> = {
  'libs/contracts': [],
  'libs/sql': ['libs/contracts'],
  'libs/event-log': ['libs/contracts', 'libs/sql'],
  'libs/event-store': ['libs/contracts', 'libs/sql', 'libs/event-log'],
  'libs/subscribers': ['libs/contracts', 'libs/sql', 'libs/event-log', 'libs/event-store'],
  'libs/read-models': ['libs/contracts', 'libs/sql', 'libs/event-log'],
  'libs/service-kit': ['libs/contracts'],
  'libs/host': [
    'libs/contracts',
    'libs/sql',
    'libs/event-log',
    'libs/event-store',
    'libs/subscribers',
    'libs/read-models',
    'libs/service-kit',
  ],
}

/** Tests, and what only tests use. */
export const isTest = (path: string): boolean => /\.(test|suite)\.ts$|\/(testing|conformance)\//.test(path)

/** Where adapters are opened. A file that opens one decides what the shop runs on: the start of a service does, its inside does not. */
const mayOpenAdapters = (path: string): boolean =>
  isTest(path) ||
  /^(apps|bench|e2e|faults)\//.test(path) ||
  /^services\/[^/]+\/src\/start\.ts$|^libs\/host\/src\/open-[^/]+\.ts$/.test(path)

/** Declares the tables of a family of a service. */
const isTableFile = (path: string): boolean => /^services\/[^/]+\/src\/[^/]+\/table\.ts$/.test(path)

/** What is wrong with the imports of a module, each as a sentence. */
export function checkImports(path: string, text: string, packages: readonly Package[]): readonly string[] {
  const owner = (file: string): Package | undefined =>
    packages.find(({ folder }) => folder !== '' && file.startsWith(`${folder}/`))
  const root = packages.find(({ folder }) => folder === '')!
  const exportsCommand = commandExport.test(text)
  return importsOf(text).flatMap((specifier) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
    const named = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
    const to = target === undefined ? named : owner(target)
    const use: Use = { path, specifier, target, from: owner(path), to, root, exportsCommand }
    const broken = rules.map((rule) => rule(use)).filter((why) => why !== undefined)
    return broken.map((why) => `${path} imports ${specifier}: ${why}`)
  })
}

const rules: readonly ((use: Use) => string | undefined)[] = [
  byNameOnly,
  listedOnly,
  exportedOnly,
  downwardsOnly,
  pureDecisions,
  adaptersAtTheStart,
  toolsBelowAll,
]

/** What helps the tests of every package, and belongs to none: it has no name to be imported by. */
const isForTests = (file: string): boolean => /^tools\/(testing|engines)\//.test(file)

function byNameOnly({ path, target, from, to }: Use): string | undefined {
  if (target === undefined || from === to) return undefined
  if (isForTests(target)) return isTest(path) ? undefined : 'only a test, or what only tests use, imports this'
  return 'a package is imported by its name only'
}

function listedOnly({ specifier, target, path, from, root }: Use): string | undefined {
  if (target !== undefined || from === undefined || specifier.startsWith('node:')) return undefined
  const [first, second] = specifier.split('/')
  const name = specifier.startsWith('@') ? `${first}/${second}` : first!
  const isListed = from.dependencies.includes(name) || (isTest(path) && root.devDependencies.includes(name))
  return isListed ? undefined : `${from.folder}/package.json does not list it`
}

function exportedOnly({ specifier, target, to }: Use): string | undefined {
  if (target !== undefined || to === undefined) return undefined
  const name = `.${specifier.slice(to.name.length)}`
  return to.exports[name] === undefined ? `${to.folder} has no such export` : undefined
}

function downwardsOnly({ from, to }: Use): string | undefined {
  if (from === undefined || to === undefined || from === to || from.folder.startsWith('apps/')) return undefined
  const isBelow = from.folder.startsWith('services/')
    ? to.folder.startsWith('libs/') || to.folder === shopContracts
    : librariesBelow[from.folder]?.includes(to.folder)
  return isBelow ? undefined : `${to.folder} does not stand below ${from.folder}`
}

/**
 * A decision is pure: what a file that exports a command imports has no clock, no random number and no database. One decision may read
 * the tables of several families of its service; so a file that declares tables keeps the same rule.
 */
function pureDecisions({ path, specifier, target, from, to, exportsCommand }: Use): string | undefined {
  const isTable = isTableFile(path)
  if (!(exportsCommand || isTable) || !path.startsWith('services/') || isTest(path)) return undefined
  const isOfFamily = target?.startsWith(`${posix.dirname(path)}/`) === true
  const isTableBeside = target !== undefined && to === from && isTableFile(target)
  const isAgreed = to?.folder === 'libs/contracts' || to?.folder === shopContracts
  if (isAgreed || isOfFamily) return undefined
  if (isTable)
    return specifier === tablePort
      ? undefined
      : 'a table knows the contracts, the port of state tables and its family only'
  return specifier === commandPort || isTableBeside
    ? undefined
    : 'a command knows the contracts, the port of commands, its family and the tables of its service only'
}

function adaptersAtTheStart({ path, specifier, from, to }: Use): string | undefined {
  if (to === undefined || to === from || mayOpenAdapters(path)) return undefined
  const isAdapter = /^@[^/]+\/[^/]+\/(sqlite|mysql|table|kafka|sql|redis)\//.test(specifier)
  return isAdapter ? 'only a start.ts, an open-*.ts of the host or a test opens an adapter' : undefined
}

/** The tests of every package import these: what they imported would stand below all of them. */
function toolsBelowAll({ path, to }: Use): string | undefined {
  return isForTests(path) && to !== undefined ? 'what helps the tests of every package knows none of them' : undefined
}
