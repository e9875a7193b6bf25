import { posix } from 'node:path'
import { checkImports, isTest, librariesBelow, type Package } from './import-rules.ts'
import { isBarrel, withoutComments } from './imports-of.ts'

/** Twelve, and four more services. Who needs a seventeenth asks first which two are one: more could not be kept in mind. */
const mostPackages = 16

/** The life of a process begins before there are settings. */
const mayReadEnvironment = (path: string): boolean =>
  isTest(path) ||
  /(^|\/)config\.ts$|\/bin\/|^(bench|e2e|faults|tools)\//.test(path) ||
  /\/(run-command|run-process|stop-with-parent)\.ts$/.test(path)

/**
 * All that breaks the layout of a repository, each as a sentence; empty when nothing does.
 * `sources` holds every TypeScript file and package.json: its path, with slashes from the root, and its text.
 */
export function findViolations(sources: ReadonlyMap<string, string>): readonly string[] {
  const manifests = [...sources].filter(([path]) => /^((libs|services|apps)\/[^/]+\/)?package\.json$/.test(path))
  const packages = manifests.map(([path, text]) => readPackage(path, text))
  const workspaces = packages.filter(({ folder }) => folder !== '')
  const modules = [...sources].filter(([path]) => path.endsWith('.ts'))
  return [
    ...(workspaces.length > mostPackages ? [`${workspaces.length} packages: at most ${mostPackages}`] : []),
    ...workspaces.flatMap((workspace) => checkWorkspace(workspace, sources)),
    ...modules.flatMap(([path, text]) => [...checkModule(path, text), ...checkImports(path, text, packages)]),
  ]
}

function readPackage(path: string, text: string): Package {
  const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>
  return {
    folder: path === 'package.json' ? '' : posix.dirname(path),
    name: String(manifest['name']),
    exports: (manifest['exports'] ?? {}) as Readonly<Record<string, string>>,
    dependencies: Object.keys(manifest['dependencies'] ?? {}),
    devDependencies: Object.keys(manifest['devDependencies'] ?? {}),
  }
}

function checkWorkspace({ folder, exports }: Package, sources: ReadonlyMap<string, string>): readonly string[] {
  const leadNowhere = Object.entries(exports).filter(([, file]) => !sources.has(posix.join(folder, file)))
  const isUnplaced = folder.startsWith('libs/') && librariesBelow[folder] === undefined
  return [
    ...leadNowhere.map(([name, file]) => `${folder}/package.json exports ${name} from ${file}, which does not exist`),
    ...(isUnplaced ? [`${folder} has no place in the layers: give it one in tools/import-rules.ts`] : []),
  ]
}

function checkModule(path: string, text: string): readonly string[] {
  const readsEnvironment = /\bprocess\.env\b|\benv\b[^'"]*\bfrom 'node:process'/.test(withoutComments(text))
  return [
    ...(isBarrel(text) ? [`${path} only passes on what others export: make that an export of package.json`] : []),
    ...(readsEnvironment && !mayReadEnvironment(path) ? [`${path} reads the environment: only config.ts does`] : []),
  ]
}
